//! A TCP proxy of the test's own, between the daemon and another system: cuts every connection when told to, or is away.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// A running proxy. Ends when dropped.
pub struct Proxy {
    port: u16,
    cut: watch::Sender<u64>,
    connections: Arc<AtomicUsize>,
    task: JoinHandle<()>,
}

impl Proxy {
    /// Between a free port and `target`, a `host:port`.
    ///
    /// # Errors
    /// When no port can be had.
    pub async fn start(target: &str) -> io::Result<Self> {
        Self::start_on(0, target).await
    }

    /// As [`Proxy::start`], on a port: the other system comes back where it was.
    ///
    /// # Errors
    /// When the port is taken.
    pub async fn start_on(port: u16, target: &str) -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", port)).await?;
        let (cut, seen) = watch::channel(0);
        let connections = Arc::new(AtomicUsize::new(0));
        let port = listener.local_addr()?.port();
        let task = tokio::spawn(take(listener, target.to_owned(), seen, Arc::clone(&connections)));
        Ok(Self { port, cut, connections, task })
    }

    /// Its port.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// How many connections have been made through it.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    /// Cuts every connection there is; new ones are taken.
    pub fn cut_all(&self) {
        self.cut.send_modify(|n| *n += 1);
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
        self.cut_all();
    }
}

async fn take(listener: TcpListener, target: String, cut: watch::Receiver<u64>, connections: Arc<AtomicUsize>) {
    while let Ok((near, _)) = listener.accept().await {
        let mut cut = cut.clone();
        cut.mark_unchanged();
        connections.fetch_add(1, Ordering::SeqCst);
        let target = target.clone();
        tokio::spawn(async move {
            tokio::select! {
                () = pass(near, &target) => {}
                // Also when the proxy is gone.
                _ = cut.changed() => {}
            }
        });
    }
}

async fn pass(mut near: TcpStream, target: &str) {
    let Ok(mut far) = TcpStream::connect(target).await else { return };
    let _ended = tokio::io::copy_bidirectional(&mut near, &mut far).await;
}
