//! A tap on the road to the broker: passes everything and keeps, frame by frame, what the daemon sent.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// AMQP 0-9-1 frame types.
const METHOD: u8 = 1;
const HEADER: u8 = 2;
const BODY: u8 = 3;

/// What went through, one list of bytes for each connection.
#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Vec<Vec<u8>>>>);

/// A running tap.
pub struct Tap {
    port: u16,
    kept: Kept,
}

impl Tap {
    /// Before the broker at `target`, a `host:port`.
    pub async fn start(target: &str) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let tap = Self { port: listener.local_addr().unwrap().port(), kept: Kept::default() };
        let (kept, target) = (tap.kept.clone(), target.to_owned());
        tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                tokio::spawn(pass(near, target.clone(), kept.clone()));
            }
        });
        tap
    }

    /// Its port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Everything the daemon sent outside bodies: commands, names, keys, headers.
    pub fn heads(&self) -> Vec<u8> {
        self.of(&[METHOD, HEADER])
    }

    /// The bodies it sent.
    pub fn bodies(&self) -> Vec<u8> {
        self.of(&[BODY])
    }

    fn of(&self, types: &[u8]) -> Vec<u8> {
        let all = self.kept.0.lock().unwrap();
        let frames = all.iter().flat_map(|bytes| frames(bytes));
        frames.filter(|(kind, _)| types.contains(kind)).flat_map(|(_, payload)| [payload, b"\n"].concat()).collect()
    }
}

async fn pass(near: TcpStream, target: String, kept: Kept) {
    let Ok(far) = TcpStream::connect(&target).await else { return };
    let ((mut from, mut back), (mut answers, mut to)) = (near.into_split(), far.into_split());
    let place = {
        let mut all = kept.0.lock().unwrap();
        all.push(Vec::new());
        all.len() - 1
    };
    tokio::spawn(async move { tokio::io::copy(&mut answers, &mut back).await });
    let mut buffer = vec![0; 64 * 1024];
    while let Ok(count @ 1..) = from.read(&mut buffer).await {
        kept.0.lock().unwrap()[place].extend_from_slice(&buffer[..count]);
        if to.write_all(&buffer[..count]).await.is_err() {
            return;
        }
    }
}

/// The frames after the protocol header of eight bytes: type, channel, size, payload, end mark.
fn frames(bytes: &[u8]) -> Vec<(u8, &[u8])> {
    let mut rest = bytes.get(8..).unwrap_or_default();
    let mut all = Vec::new();
    while let [kind, _, _, a, b, c, d, tail @ ..] = rest {
        let size = u32::from_be_bytes([*a, *b, *c, *d]) as usize;
        let Some(payload) = tail.get(..size) else { break };
        assert_eq!(tail.get(size), Some(&0xCE), "a frame ends with its mark");
        all.push((*kind, payload));
        rest = &tail[size + 1..];
    }
    all
}
