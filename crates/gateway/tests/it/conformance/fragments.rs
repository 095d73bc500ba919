//! Messages in fragments, and what may come between them (RFC 6455, section 5.4).

use super::case::{
    BINARY, CLOSE, CONTINUATION, FINAL, Heard, PING, TEXT, case, chopped, fragments, frame, ping,
    request, request_of, run, text,
};

#[test]
fn fragmentation() {
    let whole = request(1);
    let (front, back) = whole.as_bytes().split_at(9);
    let each: Vec<&[u8]> = whole.as_bytes().chunks(1).collect();
    let half = request_of(1, 65_536);
    let (half, other_half) = half.as_bytes().split_at(40_000);
    let over = request_of(1, 65_537);
    let (most, rest) = over.as_bytes().split_at(65_536);
    let answered = [Heard::Answer(1)];
    let broken = [Heard::Close(Some(1002))];
    let large = [Heard::Close(Some(1009))];
    let pong = |payload: &[u8]| Heard::Pong(payload.to_vec());
    let begin = || frame(TEXT, front);
    let go_on = || frame(CONTINUATION, back);
    let end = || frame(FINAL | CONTINUATION, back);
    run(vec![
        case("two fragments", &fragments(&[front, back]), &answered),
        case("two fragments, chopped", &chopped(&fragments(&[front, back]).concat()), &answered),
        case("two fragments in one write", &[fragments(&[front, back]).concat()], &answered),
        case("a fragment for each byte", &fragments(&each), &answered),
        case("an empty first fragment", &fragments(&[b"", front, back]), &answered),
        case("an empty last fragment", &fragments(&[front, back, b""]), &answered),
        case("an empty fragment between", &fragments(&[front, b"", back]), &answered),
        case("nothing but empty fragments", &fragments(&[b"", b"", b""]), &[Heard::Refusal]),
        case("fragments up to the limit", &fragments(&[half, other_half]), &answered),
        case("fragments over the limit", &fragments(&[most, rest]), &large),
        case(
            "fragments without end",
            &[frame(TEXT, b""), frame(CONTINUATION, b"").repeat(1_100)],
            &large,
        ),
        case(
            "a ping between fragments is answered first",
            &[begin(), ping(b"between"), end()],
            &[pong(b"between"), Heard::Answer(1)],
        ),
        case(
            "pings between empty fragments",
            &[frame(TEXT, b""), ping(b"1"), frame(CONTINUATION, front), ping(b"2"), end()],
            &[pong(b"1"), pong(b"2"), Heard::Answer(1)],
        ),
        case("a pong between fragments", &[begin(), frame(FINAL | 0xA, b"so"), end()], &answered),
        case(
            "a close between fragments",
            &[begin(), frame(FINAL | CLOSE, &1000_u16.to_be_bytes()), end()],
            &[Heard::Close(Some(1000))],
        ),
        case("a new text between fragments", &[begin(), text(&whole)], &broken),
        case("a new text that is to go on", &[begin(), begin()], &broken),
        case(
            "a binary between fragments",
            &[begin(), frame(FINAL | BINARY, b"")],
            &[Heard::Close(Some(1003))],
        ),
        case("a ping in fragments between fragments", &[begin(), frame(PING, b"")], &broken),
        case("a continuation of nothing that is to go on", &[go_on()], &broken),
        case("an end of nothing", &[end()], &broken),
        case(
            "a continuation after the end",
            &[begin(), end(), go_on()],
            &[Heard::Answer(1), Heard::Close(Some(1002))],
        ),
        case(
            "two messages in fragments, one after the other",
            &[begin(), end(), begin(), end()],
            &[Heard::Answer(1), Heard::Answer(1)],
        ),
    ]);
}
