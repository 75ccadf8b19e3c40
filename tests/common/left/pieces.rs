//! Everything that left one daemon, piece by piece, each with where it went.

use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use samhold_standins::wire::{CapturedRequest, reached};
use serde_json::Value;

use super::kept::{answers_of, printed_of};
use crate::common::folder::Folder;
use crate::common::tap::taps_of;

/// How a piece left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Road {
    /// A CloudEvent, pushed or over a broker.
    Event,
    /// A CloudEvent of the pull feed.
    Feed,
    /// A resource for a FHIR server.
    Fhir,
    /// A request to a source.
    Source,
    /// An answer to who asked about a child.
    Answer,
    /// Any other answer of the API.
    Other,
    /// For operators: the log, metrics, what a command printed.
    Operators,
}

/// One piece.
#[derive(Clone, Debug)]
pub struct Piece {
    /// The system it went to, or what operators looked at.
    pub to: String,
    /// How.
    pub road: Road,
    /// Address, headers, properties: what is seen on the way.
    pub head: String,
    /// The content.
    pub body: String,
    /// What was asked, of an answer.
    pub asked: Value,
}

impl Piece {
    /// A piece that is no answer.
    #[must_use]
    pub fn new(to: &str, road: Road, head: impl Into<String>, body: impl Into<String>) -> Self {
        Self { to: to.to_owned(), road, head: head.into(), body: body.into(), asked: Value::Null }
    }
}

/// Everything a daemon has left, with what it said last of itself.
pub fn gather(folder: &Folder, log: &str, last: &str) -> Vec<Piece> {
    let mut pieces =
        vec![Piece::new("the log", Road::Operators, "", log), Piece::new("metrics", Road::Operators, "", last)];
    for (name, settings) in systems(folder) {
        let road = match () {
            () if settings.contains("[recipient.http]") => Road::Event,
            () if settings.contains("[recipient.fhir]") => Road::Fhir,
            () => Road::Source,
        };
        let requests = ports_in(&settings).into_iter().flat_map(reached);
        pieces.extend(requests.map(|request| reached_as(&name, road, &request)));
    }
    for (name, tap) in taps_of(folder.path()) {
        pieces.push(Piece::new(&name, Road::Source, text(&tap.heads()), ""));
        let events = tap.events().into_iter();
        pieces.extend(events.map(|(head, event)| Piece::new(&name, Road::Event, text(&head), event.to_string())));
    }
    for answer in answers_of(folder.port()) {
        pieces.extend(answer_as(answer));
    }
    let printed = printed_of(folder.path()).into_iter().filter(|p| !p.line.contains("--unmask"));
    pieces.extend(printed.map(|p| Piece::new(&format!("`samhold {}`", p.line), Road::Operators, "", p.text)));
    pieces
}

/// A token is asked for at the same server; nothing of a person is in that.
fn reached_as(name: &str, road: Road, request: &CapturedRequest) -> Piece {
    let body = text(&request.body);
    let road = if road == Road::Fhir && !body.trim_start().starts_with('{') { Road::Source } else { road };
    Piece::new(name, road, text(&request.head_bytes()), body)
}

/// A page of the feed is an event for each entry.
fn answer_as(answer: super::kept::Answered) -> Vec<Piece> {
    let head: String = answer.headers.iter().map(|(name, value)| format!("{name}: {value}\n")).collect();
    let json: Value = serde_json::from_str(&answer.text).unwrap_or_default();
    if let (true, Some(events)) = (answer.path.starts_with("/api/v1/changes"), json["events"].as_array()) {
        return events.iter().map(|e| Piece::new(&answer.system, Road::Feed, head.clone(), e.to_string())).collect();
    }
    let road = if answer.path.starts_with("/api/v1/coordination") { Road::Answer } else { Road::Other };
    let mut piece = Piece::new(&answer.system, road, format!("{}\n{head}", answer.path), answer.text);
    piece.asked = answer.asked;
    vec![piece]
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The files of the systems, by their names.
pub fn systems(folder: &Folder) -> Vec<(String, String)> {
    let files = std::fs::read_dir(folder.path().join("systems")).unwrap().map(|file| file.unwrap().path());
    let name = |path: &std::path::Path| path.file_stem().unwrap().to_string_lossy().into_owned();
    files.map(|path| (name(&path), std::fs::read_to_string(&path).unwrap_or_default())).collect()
}

fn ports_in(settings: &str) -> BTreeSet<u16> {
    let after = settings.split("http://127.0.0.1:").skip(1);
    after.filter_map(|rest| rest.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()).collect()
}

/// What a daemon that still runs tells of itself to everybody; nothing when it does not answer.
pub fn last_words(port: u16) -> String {
    ["/metrics", "/readyz"].into_iter().filter_map(|path| fetched(port, path).ok()).collect()
}

fn fetched(port: u16, path: &str) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(("127.0.0.1", port))?;
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    write!(stream, "GET {path} HTTP/1.1\r\nhost: samhold\r\nconnection: close\r\n\r\n")?;
    let mut all = Vec::new();
    stream.read_to_end(&mut all)?;
    Ok(text(&all))
}
