//! What the tree reader takes and what it refuses.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers and properties of tests may stop the test"
)]

use samhold_mapping::tree::{Cursor, Kind, Limits, Tree};

fn json(text: &str) -> Result<Tree, String> {
    Tree::json(text.as_bytes(), &Limits::default()).map_err(|e| e.to_string())
}

fn xml(text: &str) -> Result<Tree, String> {
    Tree::xml(text.as_bytes(), &Limits::default()).map_err(|e| e.to_string())
}

fn at<'a>(tree: &'a Tree, steps: &[&str]) -> Cursor<'a> {
    steps.iter().fold(tree.cursor(), |c, s| c.member(s).and_then(|m| m.items().into_iter().next()).expect("a member"))
}

#[test]
fn a_number_keeps_every_digit() {
    let tree = json(r#"{"a": 12345678901234567890.10, "b": -0.0e+5}"#).unwrap();
    assert_eq!(at(&tree, &["a"]).node.scalar(), Some("12345678901234567890.10"));
    assert_eq!(at(&tree, &["b"]).node.scalar(), Some("-0.0e+5"));
}

#[test]
fn the_same_key_twice_is_refused_with_its_line() {
    let error = json("{\"a\": 1,\n \"b\": 2,\n \"a\": 3}").unwrap_err();
    assert_eq!(error, "line 3: found the same key twice in one object, expected each key once");
    assert!(xml("<a x='1' x='2'/>").is_err());
    assert!(xml("<a xmlns:p='u' xmlns:q='u' p:x='1' q:x='2'/>").is_err(), "the same name under two prefixes");
}

#[test]
fn broken_json_never_repeats_what_stood_there() {
    for broken in ["{\"a\": 13116900216x}", "[1,]", "{\"a\" 1}", "\"\\u12", "nul", "[1] 2", "01", "\"\u{1}\"", ""] {
        let error = json(broken).unwrap_err();
        assert!(!error.contains("13116900216"), "{error}");
    }
    assert!(Tree::json(b"\"\xff\"", &Limits::default()).is_err());
    assert_eq!(json("\"\\ud83d\\ude00 \\u00e5\"").unwrap().root.scalar(), Some("😀 å"));
    assert!(json("\"\\ud83d\"").is_err(), "half a surrogate pair");
}

#[test]
fn a_byte_order_mark_is_tolerated() {
    assert!(Tree::json(b"\xef\xbb\xbf{}", &Limits::default()).is_ok());
    assert!(Tree::xml(b"\xef\xbb\xbf<?xml version=\"1.0\"?><a/>", &Limits::default()).is_ok());
}

#[test]
fn elements_are_known_by_namespace_and_name() {
    let tree =
        xml("<p:a xmlns:p='urn:one' xmlns='urn:two'><b k='1'>  text &amp; <![CDATA[<more>]]></b></p:a>").unwrap();
    let b = at(&tree, &["{urn:one}a", "{urn:two}b"]);
    assert_eq!(b.node.scalar(), Some("text & <more>"));
    assert_eq!(b.member("@k").and_then(|k| k.node.scalar().map(str::to_owned)).as_deref(), Some("1"));
    assert_eq!(b.pointer(), "/a/b/0");
    assert!(xml("<x:a/>").is_err(), "an undeclared prefix");
}

#[test]
fn doctypes_and_entities_are_refused() {
    for text in [
        "<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>",
        "<!DOCTYPE a><a/>",
        "<a>&x;</a>",
        "<a k='&x;'/>",
        "<a/><b/>",
        "<a></b>",
        "<a>",
        "text",
        "",
    ] {
        assert!(xml(text).is_err(), "{text}");
    }
}

#[test]
fn latin_1_is_read_when_the_declaration_says_so_and_other_encodings_are_refused() {
    let bytes = b"<?xml version='1.0' encoding='ISO-8859-1'?><a k='\xf8'>\xe6</a>";
    let tree = Tree::xml(bytes, &Limits::default()).unwrap();
    assert_eq!(at(&tree, &["a"]).node.scalar(), Some("æ"));
    assert!(Tree::xml(b"<?xml version='1.0' encoding='UTF-16'?><a/>", &Limits::default()).is_err());
    assert!(Tree::xml(b"<a>\xe6</a>", &Limits::default()).is_err(), "no declaration means UTF-8");
}

#[test]
fn every_limit_holds() {
    let tight = Limits { bytes: 100, depth: 3, nodes: 5, attributes: 2 };
    let fails = |text: &str| Tree::json(text.as_bytes(), &tight).is_err();
    assert!(fails(&format!("\"{}\"", "a".repeat(100))));
    assert!(fails("[[[[1]]]]") && !fails("[[1]]"));
    assert!(fails("[1,2,3,4,5]") && !fails("[1,2,3,4]"));
    let fails = |text: &str| Tree::xml(text.as_bytes(), &tight).is_err();
    assert!(fails("<a><a><a><a/></a></a></a>") && !fails("<a><a><a/></a></a>"));
    assert!(fails("<a><b/><b/><b/><b/><b/></a>"));
    assert!(fails("<a x='1' y='2' z='3'/>") && !fails("<a x='1' y='2'/>"));
    assert!(fails("<a xmlns:a='1' xmlns:b='2' xmlns:c='3'/>"), "declarations count too");
}

#[test]
fn a_hundred_thousand_levels_do_not_overflow_the_stack() {
    assert!(json(&"[".repeat(100_000)).is_err());
    assert!(xml(&"<a>".repeat(100_000)).is_err());
}

#[test]
fn repeated_children_keep_their_order_and_lines() {
    let tree = xml("<a>\n<b>1</b>\n<c/>\n<b>2</b></a>").unwrap();
    let list = at(&tree, &["a"]).member("b").unwrap();
    assert!(matches!(&list.node.kind, Kind::List(items) if items.len() == 2));
    assert_eq!(list.items()[1].place(), "/a/b/1 (line 4)");
}

proptest::proptest! {
    #[test]
    fn no_bytes_panic_the_readers(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..400)) {
        let _ = Tree::json(&bytes, &Limits::default());
        let _ = Tree::xml(&bytes, &Limits::default());
    }

    #[test]
    fn nothing_like_json_or_xml_panics_the_readers(text in r#"[\[\]{}",:\\eu0-9a<>/!&;='?\- xmlns\n]{0,200}"#) {
        let _ = Tree::json(text.as_bytes(), &Limits::default());
        let _ = Tree::xml(text.as_bytes(), &Limits::default());
    }

    #[test]
    fn what_serde_json_writes_is_read_as_the_same(text in ".*", number in proptest::prelude::any::<i64>()) {
        let written = serde_json::json!({"k": text, "n": [number, null, true]}).to_string();
        let tree = json(&written).unwrap();
        proptest::prop_assert_eq!(tree.root.member("k").and_then(|n| n.scalar().map(str::to_owned)), Some(text));
        let Some(Kind::List(items)) = tree.root.member("n").map(|n| n.kind.clone()) else { panic!("a list") };
        proptest::prop_assert_eq!(items[0].scalar().map(str::to_owned), Some(number.to_string()));
    }
}
