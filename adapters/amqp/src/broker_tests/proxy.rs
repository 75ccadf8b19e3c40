//! A proxy between client and broker that cuts the wire.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};

/// Cuts every connection after so many bytes in either direction.
pub(super) struct Proxy {
    pub(super) port: u16,
    cuts: Arc<AtomicUsize>,
    accepting: tokio::task::JoinHandle<()>,
}

impl Proxy {
    pub(super) async fn cutting_after(bytes: usize, upstream: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let cuts = Arc::new(AtomicUsize::new(0));
        let counted = cuts.clone();
        let accepting = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(carry(client, upstream.clone(), bytes, counted.clone()));
            }
        });
        Self { port, cuts, accepting }
    }

    pub(super) fn cuts(&self) -> usize {
        self.cuts.load(Ordering::SeqCst)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn carry(client: TcpStream, upstream: String, bytes: usize, cuts: Arc<AtomicUsize>) {
    let broker = TcpStream::connect(upstream).await.unwrap();
    let (from_client, to_client) = client.into_split();
    let (from_broker, to_broker) = broker.into_split();
    // Whichever direction ends first drops both: the wire is cut.
    let cut = tokio::select! {
        cut = copy(from_client, to_broker, bytes) => cut,
        cut = copy(from_broker, to_client, bytes) => cut,
    };
    cuts.fetch_add(usize::from(cut), Ordering::SeqCst);
}

/// Whether the limit ended it.
async fn copy(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, limit: usize) -> bool {
    let (mut buffer, mut left) = (vec![0; 4096], limit);
    loop {
        let room = left.min(buffer.len());
        match from.read(&mut buffer[..room]).await {
            Ok(n) if n > 0 && to.write_all(&buffer[..n]).await.is_ok() => left -= n,
            _ => return false,
        }
        if left == 0 {
            return true;
        }
    }
}
