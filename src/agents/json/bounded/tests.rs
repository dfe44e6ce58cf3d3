use super::*;
use proptest::prelude::*;
use serde_json::json;

/// Gives a few bytes at a time, as a pipe may.
struct SlowReader<'a>(&'a [u8], usize);

impl Read for SlowReader<'_> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        let n = self.1.min(self.0.len()).min(to.len());
        to[..n].copy_from_slice(&self.0[..n]);
        self.0 = &self.0[n..];
        Ok(n)
    }
}

fn of(bytes: &[u8]) -> Result<Value, UnreadableInput> {
    let whole = read_value(&mut &*bytes);
    let trickled = read_value(&mut SlowReader(bytes, 3));
    assert_eq!(whole.as_ref().ok(), trickled.as_ref().ok());
    whole
}

#[test]
fn what_agents_are_careless_about_is_read() {
    for (bytes, value) in [
        (&b"\xEF\xBB\xBF {\"a\": 1}\r\n"[..], json!({"a": 1})),
        (b"\xEF\xBB\xBF\xEF\xBB\xBF{\"a\": 1}", json!({"a": 1})),
        (b"n++{\"a\": 1}", json!({"a": 1})),
        (b"??{\"a\": 1}", json!({"a": 1})),
        ("\u{2229}\u{2557}\u{2510}{}".as_bytes(), json!({})),
        (br#""\ud83e\udd80 \u00fc\/\b""#, json!("\u{1f980} ü/\u{8}")),
        (br#""half \ud83e""#, json!("half \u{fffd}")),
        (
            br#""half \udd80 \ud83e\n""#,
            json!("half \u{fffd} \u{fffd}\n"),
        ),
        (br#""two \ud83e\ud83e!""#, json!("two \u{fffd}!")),
        (br#""cut \u12"#.as_slice(), Value::Null),
        (br#""odd \x \-""#.as_slice(), json!("odd x -")),
        (b"\"raw\n\xff\"", json!("raw\n\u{fffd}")),
        (b"{\"a\":1}{\"b\":2}", json!({"a": 1})),
        (
            b"[1.5e3, -0, true, null, {}, []]",
            json!([1500.0, -0.0, true, null, {}, []]),
        ),
    ] {
        match value {
            Value::Null => assert!(of(bytes).is_err(), "{bytes:?}"),
            value => assert_eq!(of(bytes).ok(), Some(value), "{bytes:?}"),
        }
    }
}

#[test]
fn what_is_not_json_is_known() {
    let deep = "[".repeat(5000);
    for odd in [
        "", " \n\t", "\u{feff}", "{", "{]", "{\"a\"}", "{\"a\":}", "[1,]", "{,}", "nul", "hello",
        "\"a", "01x1", "-", "+1", "\u{0}", &deep,
    ] {
        assert!(
            matches!(of(odd.as_bytes()), Err(UnreadableInput::Malformed)),
            "{odd}"
        );
    }
}

#[test]
fn reading_ends_with_the_value_and_a_malformed_input_is_read_to_its_end() {
    struct Endless<'a>(&'a [u8]);
    impl Read for Endless<'_> {
        fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
            assert!(!self.0.is_empty(), "it waits for ever");
            let n = self.0.len().min(to.len());
            to[..n].copy_from_slice(&self.0[..n]);
            self.0 = &self.0[n..];
            Ok(n)
        }
    }
    assert!(read_value(&mut Endless(b"{\"a\": [1, 2]}")).is_ok());
    let mut rest = &b"}}}} and so on"[..];
    assert!(read_value(&mut rest).is_err());
    assert!(rest.is_empty());
}

#[test]
fn of_what_is_long_the_beginning_and_the_end_are_kept() {
    let text = |length: usize| format!("a{}z\n<exited with exit code 1>", "ü\"".repeat(length / 3));
    let long = text(5_000_000);
    let json = json!({
        "tool_input": {"content": long, "file_path": "/w/a"},
        "tool_response": {"originalFile": long, "patch": vec![long.as_str(); 3],
            "lines": vec!["+ a line"; 100_000], "type": "update"},
        "after": long,
    });
    let bytes = serde_json::to_vec(&json).expect("JSON");
    let read = of(&bytes).expect("read");
    let content = read["tool_input"]["content"].as_str().expect("text");
    assert!(
        content.len() <= limit::HEAD + limit::TAIL + 8,
        "{}",
        content.len()
    );
    assert!(content.starts_with("aü\"ü") && content.ends_with("\n<exited with exit code 1>"));
    assert!(!content.contains('\u{fffd}') && content.matches('…').count() == 1);
    assert_eq!(read["tool_input"]["file_path"], "/w/a");
    assert_eq!(read["tool_response"]["type"], "update");
    let lines = read["tool_response"]["lines"].as_array().expect("a list");
    assert_eq!(lines.len(), limit::ITEMS);
    let short = text(60_000);
    let kept = of(&serde_json::to_vec(&json!(short)).expect("JSON")).expect("read");
    assert_eq!(kept, json!(short), "what is not too long stays whole");
    let many = json!(vec![json!({"text": text(60_000)}); 500]);
    let kept = of(&serde_json::to_vec(&many).expect("JSON")).expect("read");
    let size = kept.to_string().len();
    assert!(size < 2 * limit::ALL, "{size}");
}

#[test]
fn json_within_a_string_that_was_cut_is_read_still() {
    let inner = json!({"output": "line\n\"quoted\"\n".repeat(20_000), "exitCode": 2}).to_string();
    for shift in 0..8 {
        let outer = json!(format!("{}{inner}", " ".repeat(shift))).to_string();
        let Value::String(cut) = of(outer.as_bytes()).expect("read") else {
            panic!("a string");
        };
        assert!(cut.len() < inner.len());
        let read = of(cut.as_bytes()).expect("read");
        assert_eq!(read["exitCode"], 2, "{shift}");
    }
}

proptest! {
    #[test]
    fn json_is_read_as_by_others(text in any::<String>(), number in any::<f64>(), whole in any::<i64>()) {
        let json = json!({"text": text, &text: [number, whole, {"inner": [text, null, true]}]});
        let bytes = serde_json::to_vec_pretty(&json).expect("JSON");
        let expected: Value = serde_json::from_slice(&bytes).expect("JSON");
        prop_assert_eq!(of(&bytes).expect("read"), expected);
    }

    #[test]
    fn no_bytes_are_too_odd(bytes in prop::collection::vec(any::<u8>(), 0..200), from in 0_usize..100) {
        let _ = of(&bytes);
        let json = json!({"a": ["ü\n\u{1f980}", 1.5, {"b": null}], "c": "\\u\""}).to_string();
        let mut torn = json.into_bytes();
        torn.splice(from.min(torn.len()).., bytes);
        let _ = of(&torn);
    }
}
