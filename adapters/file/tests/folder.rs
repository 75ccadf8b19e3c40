//! A watched folder with everything that goes wrong in one.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test may fail loudly")]

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use samhold_adapter_api::{AdapterError, Inbox, InboxError, Poll, Record, SourceContext};
use samhold_adapter_file::{FileSource, SourceSettings};
use samhold_model::{NationalId, SystemName};
use tempfile::TempDir;

#[derive(Default)]
struct FakeInbox {
    records: Mutex<Vec<Record>>,
    asked: Mutex<Vec<(String, String)>>,
    closed: Mutex<bool>,
}

#[async_trait]
impl Inbox for FakeInbox {
    async fn accept(&self, records: Vec<Record>, _: Option<(&str, &str)>) -> Result<(), InboxError> {
        if *self.closed.lock().unwrap() {
            return Err(InboxError("disk full".into()));
        }
        self.records.lock().unwrap().extend(records);
        Ok(())
    }
    async fn cursor(&self, _: &str) -> Result<Option<String>, InboxError> {
        Ok(None)
    }
    async fn live_keys(&self) -> Result<Vec<String>, InboxError> {
        Ok(Vec::new())
    }
    async fn followed(&self) -> Result<Vec<NationalId>, InboxError> {
        Ok(Vec::new())
    }
    async fn requested(&self) -> Result<Vec<samhold_adapter_api::Requested>, InboxError> {
        Ok(Vec::new())
    }
    async fn ask_person(&self, kind: &str, detail: &str) -> Result<(), InboxError> {
        self.asked.lock().unwrap().push((kind.into(), detail.into()));
        Ok(())
    }
}

struct Room {
    folder: TempDir,
    inbox: Arc<FakeInbox>,
    context: SourceContext,
    source: FileSource,
}

fn room_with(more: &str) -> Room {
    let folder = TempDir::new().unwrap();
    let inbox = Arc::new(FakeInbox::default());
    let context = SourceContext {
        system: SystemName::new("barnehage"),
        inbox: inbox.clone(),
        now: Arc::new(|| "2026-11-22T08:00:00Z".parse().unwrap()),
        stop: tokio_util::sync::CancellationToken::new(),
    };
    let source = FileSource::new("barnehage", &settings(folder.path(), more)).unwrap();
    Room { folder, inbox, context, source }
}

fn settings(path: &Path, more: &str) -> SourceSettings {
    toml::from_str(&format!("path = {:?}\n{more}", path.display().to_string())).unwrap()
}

fn room() -> Room {
    room_with("")
}

impl Room {
    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn put(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).unwrap();
    }

    async fn poll(&self) -> usize {
        self.source.poll(&self.context).await.unwrap().records
    }

    fn keys(&self) -> Vec<String> {
        self.inbox.records.lock().unwrap().iter().map(|r| r.key.clone()).collect()
    }

    fn kinds(&self) -> Vec<String> {
        self.inbox.asked.lock().unwrap().iter().map(|(kind, _)| kind.clone()).collect()
    }
}

#[tokio::test]
async fn a_complete_file_is_offered_once_and_then_set_aside() {
    let room = room();
    room.put("liste.json", "{}");
    assert_eq!(room.poll().await, 0, "one look is not enough");
    assert_eq!(room.poll().await, 1);
    assert_eq!(room.poll().await, 0);
    let records = room.inbox.records.lock().unwrap();
    assert_eq!((records[0].content_type.as_str(), &records[0].body[..]), ("application/json", &b"{}"[..]));
    assert!(room.path("done/liste.json").exists() && !room.path("liste.json").exists());
}

#[tokio::test]
async fn a_file_that_grows_is_left_until_it_stands_still() {
    let room = room();
    room.put("liste.json", "{");
    room.poll().await;
    room.put("liste.json", "{\"a\":");
    assert_eq!(room.poll().await, 0);
    room.put("liste.json", "{\"a\":1}");
    assert_eq!(room.poll().await, 0);
    assert_eq!(room.poll().await, 1);
    assert_eq!(&room.inbox.records.lock().unwrap()[0].body[..], b"{\"a\":1}");
}

#[cfg(unix)]
#[tokio::test]
async fn a_file_that_is_renamed_in_place_is_taken_at_once() {
    let room = room();
    room.put("liste.json.part", "{}");
    assert_eq!(room.poll().await, 0);
    std::fs::rename(room.path("liste.json.part"), room.path("liste.json")).unwrap();
    assert_eq!(room.poll().await, 1);
}

#[tokio::test]
async fn a_file_stays_until_the_inbox_has_it() {
    let room = room();
    room.put("liste.json", "{}");
    room.poll().await;
    *room.inbox.closed.lock().unwrap() = true;
    let error = room.source.poll(&room.context).await.unwrap_err();
    assert!(matches!(error, AdapterError::Inbox { .. }));
    assert!(room.path("liste.json").exists());
    *room.inbox.closed.lock().unwrap() = false;
    assert_eq!(room.poll().await, 1);
}

#[tokio::test]
async fn after_a_crash_between_the_two_steps_the_same_content_is_offered_again() {
    let room = room();
    room.put("liste.json", "{}");
    room.poll().await;
    room.poll().await;
    std::fs::rename(room.path("done/liste.json"), room.path("liste.json")).unwrap();
    let restarted = FileSource::new("barnehage", &settings(room.folder.path(), "")).unwrap();
    restarted.poll(&room.context).await.unwrap();
    assert_eq!(restarted.poll(&room.context).await.unwrap().records, 1);
    let records = room.inbox.records.lock().unwrap();
    assert_eq!((&records[0].key, &records[0].body), (&records[1].key, &records[1].body));
}

#[tokio::test]
async fn a_second_file_of_the_same_name_never_replaces_the_first() {
    let room = room();
    for text in ["en", "to", "tre"] {
        room.put("liste.json", text);
        room.poll().await;
        assert_eq!(room.poll().await, 1);
    }
    let read = |name: &str| std::fs::read_to_string(room.path(name)).unwrap();
    assert_eq!(
        (read("done/liste.json"), read("done/liste.json.1"), read("done/liste.json.2")),
        ("en".into(), "to".into(), "tre".into())
    );
}

#[tokio::test]
async fn a_file_above_the_limit_goes_to_failed_and_a_person_is_asked_without_its_name() {
    let room = room_with("max_bytes = 3");
    room.put("14821970351.json", "for stor");
    room.poll().await;
    assert_eq!(room.poll().await, 0);
    assert!(room.path("failed/14821970351.json").exists());
    assert_eq!(room.kinds(), ["file_too_large"]);
    assert!(!format!("{:?}", room.inbox.asked.lock().unwrap()).contains("14821970351"));
}

#[tokio::test]
async fn only_names_that_fit_are_taken_in_order_of_time() {
    let room = room_with("pattern = \"*.xml\"");
    for (name, minute) in [("b.xml", 2), ("a.xml", 3), ("c.xml", 1), ("d.json", 0), (".skjult.xml", 0)] {
        room.put(name, "<a/>");
        let time = std::time::UNIX_EPOCH + std::time::Duration::from_secs(1_790_000_000 + minute * 60);
        std::fs::File::options().write(true).open(room.path(name)).unwrap().set_modified(time).unwrap();
    }
    room.poll().await;
    assert_eq!(room.poll().await, 3);
    assert_eq!(room.keys(), ["c.xml", "b.xml", "a.xml"]);
    assert!(room.path("d.json").exists());
}

#[cfg(unix)]
#[tokio::test]
async fn symbolic_links_and_folders_are_never_followed() {
    let room = room();
    let outside = TempDir::new().unwrap();
    std::fs::write(outside.path().join("hemmelig.json"), "{}").unwrap();
    std::os::unix::fs::symlink(outside.path().join("hemmelig.json"), room.path("lenke.json")).unwrap();
    std::fs::create_dir(room.path("mappe.json")).unwrap();
    room.poll().await;
    assert_eq!(room.poll().await, 0);
    assert!(outside.path().join("hemmelig.json").exists());
}

#[tokio::test]
async fn a_folder_that_is_away_is_told_and_comes_back() {
    let room = room();
    let gone = room.path("montert");
    let source = FileSource::new("barnehage", &settings(&gone, "")).unwrap();
    assert!(matches!(source.poll(&room.context).await, Err(AdapterError::Unavailable { .. })));
    assert!(source.check().await.is_err());
    std::fs::create_dir(&gone).unwrap();
    source.check().await.unwrap();
    assert_eq!(source.poll(&room.context).await.unwrap().records, 0);
}

#[tokio::test]
async fn a_stop_leaves_the_rest_in_place() {
    let room = room();
    room.put("a.json", "{}");
    room.poll().await;
    room.context.stop.cancel();
    assert_eq!(room.poll().await, 0);
    assert!(room.path("a.json").exists());
}

#[test]
fn settings_are_strict() {
    assert!(toml::from_str::<SourceSettings>("path = \"/inn\"\ndelete = true").is_err());
    assert!(FileSource::new("b", &settings(Path::new("inn"), "")).is_err());
    assert!(FileSource::new("b", &settings(Path::new("/inn"), "pattern = \"\"")).is_err());
}
