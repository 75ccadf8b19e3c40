//! A tap on the road to the broker: passes everything and keeps, frame by frame, what the daemon sent.
//!
//! Every road over a broker that the house makes goes through one, so that what left can be searched when the daemon ends. Must
//! never answer in the broker's place: what cannot be reached behind it is closed.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// AMQP 0-9-1 frame types.
const METHOD: u8 = 1;
const HEADER: u8 = 2;
const BODY: u8 = 3;

/// The taps of each settings folder, by the system whose road they are on.
static TAPS: Mutex<Vec<(PathBuf, String, Tap)>> = Mutex::new(Vec::new());

/// The URL of a broker behind a tap of its own, kept for the search at the end.
pub fn tapped(folder: &Path, system: &str, url: &str) -> String {
    let (head, rest) = url.split_once('@').unwrap_or_else(|| panic!("a broker's URL names its user"));
    let (address, path) = rest.split_once('/').unwrap_or((rest, ""));
    let tap = Tap::start(address);
    let through = format!("{head}@127.0.0.1:{}/{path}", tap.port());
    TAPS.lock().unwrap().push((folder.to_owned(), system.to_owned(), tap));
    through
}

/// The taps on the roads of a folder's systems.
pub fn taps_of(folder: &Path) -> Vec<(String, Tap)> {
    let all = TAPS.lock().unwrap();
    all.iter().filter(|(at, ..)| at == folder).map(|(_, system, tap)| (system.clone(), tap.clone())).collect()
}

/// What went through, one list of bytes for each connection.
#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Vec<Vec<u8>>>>);

/// A running tap.
#[derive(Clone)]
pub struct Tap {
    port: u16,
    kept: Kept,
}

impl Tap {
    /// Before the broker at `target`, a `host:port`.
    pub fn start(target: &str) -> Self {
        let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
        listener.set_nonblocking(true).unwrap();
        let listener = TcpListener::from_std(listener).unwrap();
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
        frames.filter(|f| types.contains(&f.kind)).flat_map(|f| [f.payload, b"\n"].concat()).collect()
    }

    /// The events it sent, as CloudEvents, each with its properties and headers as they went.
    pub fn events(&self) -> Vec<(Vec<u8>, Value)> {
        let all = self.kept.0.lock().unwrap();
        let mut messages: Vec<(u16, Vec<u8>, Vec<u8>)> = Vec::new();
        for bytes in all.iter() {
            for frame in frames(bytes) {
                match frame.kind {
                    HEADER => messages.push((frame.channel, frame.payload.to_vec(), Vec::new())),
                    BODY => {
                        let own = messages.iter_mut().rev().find(|(channel, ..)| *channel == frame.channel);
                        own.unwrap().2.extend_from_slice(frame.payload);
                    }
                    _ => {}
                }
            }
        }
        messages.into_iter().map(|(_, head, body)| (head.clone(), event(&head, &body))).collect()
    }
}

/// The binary mode of CloudEvents: the attributes stand in the headers, the data alone is the body.
fn event(head: &[u8], body: &[u8]) -> Value {
    let of = |name: &str| attribute(head, name).unwrap_or_default();
    let data: Value = serde_json::from_slice(body).unwrap_or_default();
    json!({"id": of("cloudEvents:id"), "subject": of("cloudEvents:subject"), "type": of("cloudEvents:type"), "data": data})
}

/// The text of a header: `S` and four bytes of length stand between its name and it.
fn attribute(head: &[u8], name: &str) -> Option<String> {
    let at = head.windows(name.len()).position(|window| window == name.as_bytes())? + name.len();
    let (length, rest) = head.get(at + 1..)?.split_first_chunk::<4>()?;
    let text = rest.get(..u32::from_be_bytes(*length) as usize)?;
    Some(String::from_utf8_lossy(text).into_owned())
}

/// One frame.
struct Frame<'a> {
    kind: u8,
    channel: u16,
    payload: &'a [u8],
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
fn frames(bytes: &[u8]) -> Vec<Frame<'_>> {
    let mut rest = bytes.get(8..).unwrap_or_default();
    let mut all = Vec::new();
    while let [kind, x, y, a, b, c, d, tail @ ..] = rest {
        let size = u32::from_be_bytes([*a, *b, *c, *d]) as usize;
        let Some(payload) = tail.get(..size) else { break };
        let Some(mark) = tail.get(size) else { break };
        assert_eq!(*mark, 0xCE, "a frame ends with its mark");
        all.push(Frame { kind: *kind, channel: u16::from_be_bytes([*x, *y]), payload });
        rest = &tail[size + 1..];
    }
    all
}
