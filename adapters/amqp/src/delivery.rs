//! One delivery as a record.
//!
//! Must never look into the body: what it means is the mapping's business, later, in our own store.

use bytes::Bytes;
use lapin::BasicProperties;
use samhold_adapter_api::Record;

/// The record a delivery becomes. Without a `message-id`, the same bytes are the same unit.
pub(crate) fn record(properties: &BasicProperties, body: Vec<u8>, default_type: &str) -> Record {
    let delivery_id = text(properties.message_id().as_ref());
    let key = delivery_id.clone().unwrap_or_else(|| fingerprint(&body));
    let content_type = text(properties.content_type().as_ref()).unwrap_or_else(|| default_type.to_owned());
    Record { key, content_type, body: Bytes::from(body), gone: false, delivery_id }
}

fn text(value: Option<&lapin::types::ShortString>) -> Option<String> {
    value.map(|v| v.as_str().trim()).filter(|v| !v.is_empty()).map(str::to_owned)
}

/// SHA-256 of the body, in hex.
fn fingerprint(body: &[u8]) -> String {
    hex::encode(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, body))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_senders_id_and_type_are_kept() {
        let properties = BasicProperties::default().with_message_id("m-1".into()).with_content_type("text/csv".into());
        let r = record(&properties, b"a;b".to_vec(), "application/json");
        assert_eq!(
            (r.key.as_str(), r.delivery_id.as_deref(), r.content_type.as_str()),
            ("m-1", Some("m-1"), "text/csv")
        );
        assert!(!r.gone);
    }

    #[test]
    fn without_an_id_the_same_bytes_are_the_same_unit() {
        let empty = BasicProperties::default().with_message_id("  ".into());
        let (a, b, c) = (
            record(&empty, b"{}".to_vec(), "application/json"),
            record(&BasicProperties::default(), b"{}".to_vec(), "application/json"),
            record(&empty, b"[]".to_vec(), "application/json"),
        );
        assert_eq!((a.key.clone(), a.delivery_id), (b.key, None));
        assert_ne!(a.key, c.key);
        assert_eq!(a.content_type, "application/json");
    }

    proptest::proptest! {
        #[test]
        fn any_body_becomes_a_record_unchanged(body: Vec<u8>) {
            let r = record(&BasicProperties::default(), body.clone(), "application/json");
            proptest::prop_assert_eq!(r.body.as_ref(), body.as_slice());
        }
    }
}
