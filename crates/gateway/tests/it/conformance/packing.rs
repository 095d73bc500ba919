//! permessage-deflate: what is agreed on, good messages, and bad ones (RFC 7692).

use flate2::{Compress, Compression, FlushCompress};

use super::case::{
    BINARY, CLOSE, CONTINUATION, Case, FINAL, Heard, PING, RSV1, RSV2, RSV3, TEXT, case, chopped,
    frame, ping, request, request_of, run, text,
};
use crate::fixture::{Gateway, packed};

/// A case on a socket where packing was agreed on.
fn packing(name: &str, says: &[Vec<u8>], hears: &[Heard]) -> Case {
    case(name, says, hears).where_packing_was_agreed_on()
}

/// A whole packed message.
fn message(text: impl AsRef<[u8]>) -> Vec<u8> {
    frame(FINAL | RSV1 | TEXT, &packed(text.as_ref()))
}

/// A payload in fragments; the first one says that it is packed.
fn in_fragments(payload: &[u8], size: usize) -> Vec<Vec<u8>> {
    let last = payload.chunks(size).count() - 1;
    let first = |index| match (index == 0, index == last) {
        (true, true) => FINAL | RSV1 | TEXT,
        (true, false) => RSV1 | TEXT,
        (false, true) => FINAL | CONTINUATION,
        (false, false) => CONTINUATION,
    };
    payload.chunks(size).enumerate().map(|(index, part)| frame(first(index), part)).collect()
}

/// As the examples of section 7.2.3 are made: a block that is not compressed.
fn stored(text: &str) -> Vec<u8> {
    let length = u16::try_from(text.len()).unwrap();
    let head = [&[0][..], &length.to_le_bytes(), &(!length).to_le_bytes()].concat();
    [&head, text.as_bytes(), &[0]].concat()
}

/// A stream that says that it ends; then what begins the next one.
fn ended(text: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len() + 64);
    let mut stream = Compress::new(Compression::default(), false);
    stream.compress_vec(text.as_bytes(), &mut out, FlushCompress::Finish).unwrap();
    out.push(0);
    out
}

/// `size` spaces, as small as they get.
fn bomb(size: usize) -> Vec<u8> {
    let mut out = Vec::with_capacity(size / 500 + 64);
    let mut stream = Compress::new(Compression::best(), false);
    stream.compress_vec(&vec![b' '; size], &mut out, FlushCompress::Sync).unwrap();
    out.truncate(out.len() - 4);
    out
}

#[test]
fn good_packed_messages() {
    let whole = request_of(1, 300);
    let answered = [Heard::Answer(1)];
    let payload = packed(whole.as_bytes());
    let mut between = in_fragments(&payload, payload.len().div_ceil(2));
    between.insert(1, ping(b"between"));
    let two_blocks = {
        let (front, back) = whole.split_at(100);
        [packed(front.as_bytes()), vec![0, 0, 0xFF, 0xFF], packed(back.as_bytes())].concat()
    };
    run(vec![
        packing("a message", &[message(&whole)], &answered),
        packing("a message, chopped", &chopped(&message(&whole)), &answered),
        packing("two fragments", &in_fragments(&payload, payload.len().div_ceil(2)), &answered),
        packing("a fragment for each byte", &in_fragments(&payload, 1), &answered),
        packing(
            "an empty first fragment",
            &[frame(RSV1 | TEXT, b""), frame(FINAL, &payload)],
            &answered,
        ),
        packing(
            "a ping between fragments",
            &between,
            &[Heard::Pong(b"between".to_vec()), Heard::Answer(1)],
        ),
        packing("an empty message", &[frame(FINAL | RSV1 | TEXT, &[0])], &[Heard::Refusal]),
        packing(
            "a block that is not compressed",
            &[frame(FINAL | RSV1 | TEXT, &stored(&whole))],
            &answered,
        ),
        packing(
            "a block that says it is the last",
            &[frame(FINAL | RSV1 | TEXT, &ended(&whole))],
            &answered,
        ),
        packing("two blocks", &[frame(FINAL | RSV1 | TEXT, &two_blocks)], &answered),
        packing("as it is, though packing was agreed on", &[text(&whole)], &answered),
        packing(
            "packed and as they are, in turn",
            &[message(request(1)), text(request(2)), message(request(3))],
            &[Heard::Answer(1), Heard::Answer(2), Heard::Answer(3)],
        ),
        packing(
            "the same again, without what was before",
            &[message(&whole), message(&whole)],
            &[Heard::Answer(1), Heard::Answer(1)],
        ),
        packing("up to the limit", &[message(request_of(1, 65_536))], &answered),
        packing(
            "text that is no ASCII",
            &[message(r#"{"op":"ping","ts":1,"padding":"κόσμε"}"#)],
            &answered,
        ),
    ]);
}

#[test]
fn bad_packed_messages() {
    let whole = request_of(1, 300);
    let payload = packed(whole.as_bytes());
    let half = &payload[..payload.len() / 2];
    let broken = [Heard::Close(Some(1002))];
    let unreadable = [Heard::Close(Some(1007))];
    let large = [Heard::Close(Some(1009))];
    let first = frame(RSV1 | TEXT, half);
    // Continues a window of which nothing is left.
    let taken_over = {
        let mut stream = Compress::new(Compression::default(), false);
        let mut pack = || {
            let mut out = Vec::with_capacity(1_000);
            stream.compress_vec(whole.as_bytes(), &mut out, FlushCompress::Sync).unwrap();
            out.truncate(out.len() - 4);
            frame(FINAL | RSV1 | TEXT, &out)
        };
        [pack(), pack()]
    };
    let whole_payload = |payload: &[u8]| [frame(FINAL | RSV1 | TEXT, payload)];
    run(vec![
        case("packed, nothing agreed on", &[message(&whole)], &broken),
        packing("RSV1 on a continuation", &[frame(TEXT, b"{"), frame(FINAL | RSV1, b"}")], &broken),
        packing("RSV1 on every fragment", &[first.clone(), frame(FINAL | RSV1, half)], &broken),
        packing("RSV1 on a ping", &[frame(FINAL | RSV1 | PING, b"")], &broken),
        packing(
            "RSV1 on a ping between fragments",
            &[first, frame(FINAL | RSV1 | PING, b"")],
            &broken,
        ),
        packing("RSV1 on a close", &[frame(FINAL | RSV1 | CLOSE, &[3, 232])], &broken),
        packing("RSV2", &[frame(FINAL | RSV2 | TEXT, b"{}")], &broken),
        packing("RSV3 and RSV1", &[frame(FINAL | RSV1 | RSV3 | TEXT, &payload)], &broken),
        packing(
            "a packed binary message",
            &[frame(FINAL | RSV1 | BINARY, &payload)],
            &[Heard::Close(Some(1003))],
        ),
        packing("nothing where packed data has to be", &whole_payload(b""), &unreadable),
        packing("text that says it is packed", &whole_payload(whole.as_bytes()), &unreadable),
        packing("a block of the reserved kind", &whole_payload(&[0x07, 0x00]), &unreadable),
        packing("cut in the middle", &whole_payload(half), &unreadable),
        packing("one byte short", &whole_payload(&payload[..payload.len() - 2]), &unreadable),
        packing("one stream after the other", &whole_payload(&[3, 0].repeat(100)), &unreadable),
        packing(
            "refers to the message before",
            &taken_over,
            &[Heard::Answer(1), Heard::Close(Some(1007))],
        ),
        packing("no UTF-8 inside", &[message([b'x', 0xED, 0xA0, 0x80])], &unreadable),
        packing("one byte over the limit", &[message(request_of(1, 65_537))], &large),
        packing("a bomb of a megabyte", &whole_payload(&bomb(1 << 20)), &large),
        packing("a bomb of fifty megabytes", &whole_payload(&bomb(50 << 20)), &large),
        packing("a bomb in fragments", &in_fragments(&bomb(50 << 20), 1_000), &large),
        packing(
            "packed data over the limit",
            &[frame(FINAL | RSV1 | TEXT, &vec![0; 70_000])],
            &large,
        ),
        packing(
            "a bomb after a good message",
            &[message(request(1)), frame(FINAL | RSV1 | TEXT, &bomb(1 << 20))],
            &[Heard::Answer(1), Heard::Close(Some(1009))],
        ),
    ]);
}

#[test]
fn offers_and_their_answers() {
    const TERMS: &str =
        "permessage-deflate; server_no_context_takeover; client_no_context_takeover";
    let named = format!("{TERMS}; server_max_window_bits=15");
    let gateway = Gateway::start();
    let answer = |offers: &[&str]| {
        let lines: Vec<_> =
            offers.iter().map(|offer| format!("Sec-WebSocket-Extensions: {offer}\r\n")).collect();
        let headers = format!(
            "Authorization: Bearer viewer\r\nSec-WebSocket-Protocol: bellwether.v1\r\n{}",
            lines.concat()
        );
        let (reply, _) = gateway.shake_hands("/ws", &headers);
        let header =
            reply.head.lines().find_map(|line| line.strip_prefix("sec-websocket-extensions: "));
        (reply.status, header.map(str::to_owned))
    };
    let check = |offers: &[&str], status: u16, terms: Option<&str>| {
        assert_eq!(answer(offers), (status, terms.map(str::to_owned)), "{offers:?}");
    };
    check(&[], 101, None);
    check(&["permessage-deflate"], 101, Some(TERMS));
    // Chromium's, Firefox's, Safari's, and those of ws and of Python's websockets.
    check(&["permessage-deflate; client_max_window_bits"], 101, Some(TERMS));
    check(
        &["permessage-deflate; server_max_window_bits=15; client_max_window_bits=15"],
        101,
        Some(&named),
    );
    check(&["x-webkit-deflate-frame, permessage-deflate"], 101, Some(TERMS));
    check(&["unknown", "permessage-deflate"], 101, Some(TERMS));
    check(&["permessage-deflate; server_max_window_bits=9, permessage-deflate"], 101, Some(TERMS));
    check(&["permessage-deflate; server_max_window_bits=9"], 101, None);
    check(&["permessage-deflate; mood=good"], 101, None);
    check(&["permessage-deflate; client_max_window_bits; client_max_window_bits"], 101, None);
    check(&["permessage-deflate; server_no_context_takeover=yes"], 101, None);
    check(&["permessage-bzip2; server_no_context_takeover"], 101, None);
    check(&["permessage-deflate;;"], 400, None);
    check(&["permessage-deflate; a=\"b c\""], 400, None);
    check(&["permessage deflate"], 400, None);
}
