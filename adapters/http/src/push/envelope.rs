//! The CloudEvents 1.0 envelope in structured JSON mode.
//!
//! Must never put anything about a person outside `data`; `subject` is our own opaque child id.

use samhold_adapter_api::OutgoingKind;
use samhold_model::{ChildId, Instant};
use serde_json::{Value, json};
use uuid::Uuid;

/// The event as it is sent. `data` is what disclosure cleared.
#[must_use]
pub fn cloud_event(id: Uuid, kind: OutgoingKind, source: &str, subject: ChildId, time: Instant, data: &Value) -> Value {
    json!({
        "specversion": "1.0",
        "id": id.to_string(),
        "source": source,
        "type": kind.event_type(),
        "subject": subject.to_string(),
        "time": time.to_string(),
        "datacontenttype": "application/json",
        "data": data,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_envelope_holds_what_cloudevents_wants_and_the_data_unchanged() {
        let (id, child) = (Uuid::new_v4(), ChildId::new());
        let data = json!({"child": {"national_id": "14821970351"}, "version": 1});
        let time = "2026-11-22T08:00:00Z".parse().unwrap();
        let event = cloud_event(id, OutgoingKind::Retracted, "/samhold", child, time, &data);
        assert_eq!(event["specversion"], "1.0");
        assert_eq!(event["id"], id.to_string());
        assert_eq!(event["type"], "no.samhold.coordination.retracted.v1");
        assert_eq!(event["subject"], child.to_string());
        assert_eq!(event["time"], "2026-11-22T08:00:00Z");
        assert_eq!(event["data"], data);
        let mut bare = event;
        bare["data"] = Value::Null;
        assert!(!bare.to_string().contains("14821970351"));
    }
}
