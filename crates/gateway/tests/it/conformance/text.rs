//! Text is UTF-8, and what can no longer become that is refused at once (RFC 6455, section 8.1; the
//! classes are those of the Unicode standard, section 3.9).

use super::case::{
    CONTINUATION, Case, FINAL, Heard, TEXT, case, chopped, fragments, frame, request, run, text,
};

/// A request whose answer shows that the text in it was read.
fn with(padding: &str) -> Vec<u8> {
    format!(r#"{{"op":"ping","ts":1,"padding":"{padding}"}}"#).into_bytes()
}

const GOOD: [(&str, &str); 12] = [
    ("Greek", "κόσμε"),
    ("the last of one byte", "\u{7F}"),
    ("the first of two bytes", "\u{80}"),
    ("the last of two bytes", "\u{7FF}"),
    ("the first of three bytes", "\u{800}"),
    ("before the surrogates", "\u{D7FF}"),
    ("after the surrogates", "\u{E000}"),
    ("the replacement character", "\u{FFFD}"),
    ("the last of three bytes, a noncharacter", "\u{FFFF}"),
    ("the first of four bytes", "\u{10000}"),
    ("a noncharacter of a later plane", "\u{4FFFE}"),
    ("the last there is", "\u{10FFFF}"),
];

const BAD: [(&str, &[u8]); 20] = [
    ("a continuation alone", &[0x80]),
    ("the last continuation alone", &[0xBF]),
    ("many continuations", &[0x80, 0xBF, 0x80, 0xBF]),
    ("two bytes, the second is none", &[0xC3, 0x28]),
    ("three bytes, the last is none", &[0xE2, 0x82, 0x28]),
    ("four bytes, the second is none", &[0xF0, 0x28, 0x8C, 0xBC]),
    ("overlong in two bytes", &[0xC0, 0xAF]),
    ("overlong in two bytes, the last", &[0xC1, 0xBF]),
    ("overlong in three bytes", &[0xE0, 0x80, 0xAF]),
    ("overlong in three bytes, the last", &[0xE0, 0x9F, 0xBF]),
    ("overlong in four bytes", &[0xF0, 0x80, 0x80, 0xAF]),
    ("overlong in four bytes, the last", &[0xF0, 0x8F, 0xBF, 0xBF]),
    ("the first surrogate", &[0xED, 0xA0, 0x80]),
    ("the last surrogate", &[0xED, 0xBF, 0xBF]),
    ("a pair of surrogates", &[0xED, 0xA0, 0x80, 0xED, 0xB0, 0x80]),
    ("over the last there is", &[0xF4, 0x90, 0x80, 0x80]),
    ("five bytes", &[0xF8, 0x88, 0x80, 0x80, 0x80]),
    ("six bytes", &[0xFC, 0x84, 0x80, 0x80, 0x80, 0x80]),
    ("0xFE", &[0xFE]),
    ("0xFF", &[0xFF]),
];

#[test]
fn good_text() {
    let mut cases = Vec::new();
    for (name, padding) in GOOD {
        let whole = with(padding);
        let each: Vec<&[u8]> = whole.chunks(1).collect();
        let answered = [Heard::Answer(1)];
        cases.push(case(format!("{name}, whole"), &[text(&whole)], &answered));
        cases.push(case(format!("{name}, chopped"), &chopped(&text(&whole)), &answered));
        let name = format!("{name}, a fragment for each byte");
        cases.push(case(name, &fragments(&each), &answered));
    }
    cases.push(case("a byte order mark", &[text("\u{FEFF}")], &[Heard::Refusal]));
    cases.push(case("a zero", &[text([0])], &[Heard::Refusal]));
    run(cases);
}

#[test]
fn bad_text() {
    let refused = [Heard::Close(Some(1007))];
    let mut cases: Vec<Case> = Vec::new();
    for (name, bytes) in BAD {
        let whole = [&b"ok "[..], bytes, b" ok"].concat();
        cases.push(case(format!("{name}, whole"), &[text(&whole)], &refused));
        cases.push(case(format!("{name}, alone"), &[text(bytes)], &refused));
        let name = format!("{name}, in fragments");
        let each: Vec<&[u8]> = whole.chunks(1).collect();
        cases.push(case(name, &fragments(&each), &refused));
    }
    for (name, bytes) in [
        ("one of two bytes", &[0xCE][..]),
        ("two of three bytes", &[0xE2, 0x82]),
        ("three of four bytes", &[0xF0, 0x9F, 0x98]),
    ] {
        cases.push(case(format!("{name} at the end"), &[text(bytes)], &refused));
        let in_fragments = fragments(&[b"ok", bytes, b""]);
        cases.push(case(format!("{name} at the end of fragments"), &in_fragments, &refused));
        let before_text = fragments(&[bytes, b"ok"]);
        cases.push(case(format!("{name} at the end of one fragment"), &before_text, &refused));
    }
    cases.push(case(
        "bad text after a good message",
        &[text(request(1)), text([0xFF])],
        &[Heard::Answer(1), Heard::Close(Some(1007))],
    ));
    run(cases);
}

/// The message never ends: only what came already can be judged.
#[test]
fn bad_text_is_refused_at_once() {
    let refused = [Heard::Close(Some(1007))];
    let mut cases = Vec::new();
    for (name, bytes) in BAD {
        let first = frame(TEXT, &[b"ok ", bytes].concat());
        cases.push(case(format!("{name}, the first fragment"), &[first], &refused));
        let later = [frame(TEXT, "κόσ".as_bytes()), frame(CONTINUATION, bytes)];
        cases.push(case(format!("{name}, a later fragment"), &later, &refused));
        // A frame that announces a hundred bytes more.
        let mut begun = frame(FINAL | TEXT, &[&b"ok "[..], bytes, &[b'x'; 100]].concat());
        begun.truncate(6 + 3 + bytes.len());
        cases.push(unfinished(format!("{name}, within a frame"), begun, &refused));
    }
    run(cases);
}

/// A frame that is not finished: what comes behind it, the last ping too, would be its payload, so it
/// has to be refused by what is in it.
fn unfinished(name: String, begun: Vec<u8>, hears: &[Heard]) -> Case {
    case(name, &[begun], hears)
}
