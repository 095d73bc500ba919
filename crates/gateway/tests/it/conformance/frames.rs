//! Frames: lengths, masks, reserved bits, opcodes, pings (RFC 6455, sections 5.2 to 5.5).

use super::case::{
    BINARY, CLOSE, CONTINUATION, Case, FINAL, Heard, PING, PONG, RSV1, RSV2, RSV3, TEXT, case,
    chopped, frame, masked, ping, request, request_of, run, text,
};

/// Largest message of the welcome.
const LIMIT: usize = 65_536;

#[test]
fn lengths() {
    // Where a length takes another form, and the whole message in one byte more or less.
    let sizes = [40, 125, 126, 127, 128, 65_535, LIMIT];
    let mut cases: Vec<Case> = sizes
        .into_iter()
        .map(|size| {
            let message = text(request_of(1, size));
            case(format!("a message of {size} bytes"), &[message], &[Heard::Answer(1)])
        })
        .collect();
    let longer = |form: &[u8], size: usize| {
        // The long form of a short length.
        let short = text(request_of(1, size));
        [&[0x81], form, &short[2..]].concat()
    };
    let announced = |length: u64| [vec![0x81, 0xFF], length.to_be_bytes().to_vec()].concat();
    let broken = [Heard::Close(Some(1002))];
    let large = [Heard::Close(Some(1009))];
    cases.extend([
        case("an empty message", &[text("")], &[Heard::Refusal]),
        case("a message, chopped", &chopped(&text(request_of(1, 300))), &[Heard::Answer(1)]),
        case("a short length in two bytes", &[longer(&[0xFE, 0, 60], 60)], &[Heard::Answer(1)]),
        case(
            "a short length in eight bytes",
            &[longer(&[0xFF, 0, 0, 0, 0, 0, 0, 0, 60], 60)],
            &[Heard::Answer(1)],
        ),
        case("one byte over the limit", &[text(request_of(1, LIMIT + 1))], &large),
        case("over the limit, said by the head alone", &[announced(LIMIT as u64 + 1)], &large),
        case("the largest length there is", &[announced((1 << 63) - 1)], &large),
        case("a length whose first bit is set", &[announced(1 << 63)], &broken),
        case(
            "over the limit after a good message",
            &[text(request(1)), text(request_of(2, LIMIT + 1))],
            &[Heard::Answer(1), Heard::Close(Some(1009))],
        ),
        case(
            "many messages in one write",
            &[(0..20).flat_map(|n| text(request(n))).collect()],
            &(0..20).map(Heard::Answer).collect::<Vec<_>>(),
        ),
    ]);
    run(cases);
}

#[test]
fn masks() {
    let hello = request(1);
    let mut unmasked = vec![0x81, u8::try_from(hello.len()).unwrap()];
    unmasked.extend(hello.as_bytes());
    let answered = [Heard::Answer(1)];
    let broken = [Heard::Close(Some(1002))];
    run(vec![
        case("a mask of zeros", &[masked(FINAL | TEXT, hello.as_bytes(), [0; 4])], &answered),
        case("a mask of ones", &[masked(FINAL | TEXT, hello.as_bytes(), [0xFF; 4])], &answered),
        case(
            "a mask that ends elsewhere in each part",
            &masked(FINAL | TEXT, hello.as_bytes(), [1, 2, 3, 4])
                .chunks(7)
                .map(<[u8]>::to_vec)
                .collect::<Vec<_>>(),
            &answered,
        ),
        case("a text without a mask", &[unmasked], &broken),
        case("an empty text without a mask", &[vec![0x81, 0x00]], &broken),
        case("a ping without a mask", &[vec![0x89, 0x00]], &broken),
        case("a close without a mask", &[vec![0x88, 0x02, 0x03, 0xE8]], &broken),
        case(
            "without a mask after a good message",
            &[text(&hello), vec![0x81, 0x00]],
            &[Heard::Answer(1), Heard::Close(Some(1002))],
        ),
    ]);
}

#[test]
fn reserved_bits() {
    let mut cases = Vec::new();
    for (bits, name) in
        [(RSV1, "RSV1"), (RSV2, "RSV2"), (RSV3, "RSV3"), (RSV1 | RSV2 | RSV3, "all three")]
    {
        for (opcode, on) in
            [(TEXT, "a text"), (BINARY, "a binary"), (PING, "a ping"), (CLOSE, "a close")]
        {
            let name = format!("{name} on {on}, nothing agreed on");
            let says = [frame(FINAL | bits | opcode, b"")];
            cases.push(case(name, &says, &[Heard::Close(Some(1002))]));
        }
    }
    cases.push(case(
        "RSV1 between good messages",
        &[text(request(1)), frame(FINAL | RSV1 | TEXT, b"{}"), text(request(2))],
        &[Heard::Answer(1), Heard::Close(Some(1002))],
    ));
    run(cases);
}

#[test]
fn opcodes() {
    let mut cases = Vec::new();
    for opcode in [0x3, 0x4, 0x5, 0x6, 0x7, 0xB, 0xC, 0xD, 0xE, 0xF] {
        for (payload, what) in [(&b""[..], "empty"), (&b"?"[..], "with a payload")] {
            let name = format!("the reserved opcode {opcode:#X}, {what}");
            let says = [frame(FINAL | opcode, payload)];
            cases.push(case(name, &says, &[Heard::Close(Some(1002))]));
        }
    }
    cases.extend([
        case(
            "a reserved opcode after a good message",
            &[text(request(1)), frame(FINAL | 0x3, b"")],
            &[Heard::Answer(1), Heard::Close(Some(1002))],
        ),
        case("a binary message", &[frame(FINAL | BINARY, b"x")], &[Heard::Close(Some(1003))]),
        case("an empty binary message", &[frame(FINAL | BINARY, b"")], &[Heard::Close(Some(1003))]),
        case("the head of a binary message", &[vec![0x82, 0xFE]], &[Heard::Close(Some(1003))]),
        case(
            "a continuation of nothing",
            &[frame(FINAL | CONTINUATION, b"x")],
            &[Heard::Close(Some(1002))],
        ),
    ]);
    run(cases);
}

#[test]
fn pings() {
    let pong = |payload: &[u8]| Heard::Pong(payload.to_vec());
    let every_byte: Vec<u8> = (0..125).map(|n| n * 2 + 1).collect();
    run(vec![
        case("a ping without a payload", &[ping(b"")], &[pong(b"")]),
        case("a ping with a payload", &[ping(b"hello")], &[pong(b"hello")]),
        case(
            "a ping with bytes that are no text",
            &[ping(&[0, 255, 254, 0])],
            &[pong(&[0, 255, 254, 0])],
        ),
        case("the longest ping", &[ping(&every_byte)], &[pong(&every_byte)]),
        case("the longest ping, chopped", &chopped(&ping(&every_byte)), &[pong(&every_byte)]),
        case("a ping that is too long", &[ping(&[0; 126])], &[Heard::Close(Some(1002))]),
        case(
            "the head of a ping that is too long",
            &[vec![0x89, 0xFE]],
            &[Heard::Close(Some(1002))],
        ),
        case("a ping in fragments", &[frame(PING, b"a")], &[Heard::Close(Some(1002))]),
        case("ten pings", &vec![ping(b"!"); 10], &vec![pong(b"!"); 10]),
        case("ten pings in one write", &[ping(b"!").repeat(10)], &vec![pong(b"!"); 10]),
        case("a pong that nobody asked for", &[frame(FINAL | PONG, b"so")], &[]),
        case("an empty pong", &[frame(FINAL | PONG, b"")], &[]),
        case(
            "a pong that is too long",
            &[frame(FINAL | PONG, &[0; 126])],
            &[Heard::Close(Some(1002))],
        ),
        case("a pong in fragments", &[frame(PONG, b"")], &[Heard::Close(Some(1002))]),
        case("a pong, then a ping", &[frame(FINAL | PONG, b"so"), ping(b"now")], &[pong(b"now")]),
    ]);
}
