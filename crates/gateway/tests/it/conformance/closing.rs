//! Close frames: every class of codes, reasons, and what comes after (RFC 6455, sections 5.5.1, 7).

use super::case::{CLOSE, Case, FINAL, Heard, case, chopped, frame, ping, request, run, text};

fn close(code: u16, reason: &[u8]) -> Vec<u8> {
    frame(FINAL | CLOSE, &[&code.to_be_bytes(), reason].concat())
}

#[test]
fn codes() {
    let mut cases: Vec<Case> = Vec::new();
    // Defined, registered later, for libraries, for applications.
    for code in [
        1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000,
        4401, 4999,
    ] {
        let name = format!("the code {code} comes back");
        cases.push(case(name, &[close(code, b"")], &[Heard::Close(Some(code))]));
    }
    // Not to be sent, not defined, out of every range.
    for code in [0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 9999, 65_535] {
        let name = format!("the code {code} may not be sent");
        cases.push(case(name, &[close(code, b"")], &[Heard::Close(Some(1002))]));
    }
    run(cases);
}

#[test]
fn reasons_and_what_comes_after() {
    let normal = [Heard::Close(Some(1000))];
    let broken = [Heard::Close(Some(1002))];
    run(vec![
        case("no code", &[frame(FINAL | CLOSE, b"")], &[Heard::Close(None)]),
        case("half a code", &[frame(FINAL | CLOSE, &[3])], &broken),
        case("a reason", &[close(1000, b"going home")], &normal),
        case("a reason that is no ASCII", &[close(1000, "κόσμε".as_bytes())], &normal),
        case("the longest reason", &[close(1000, &[b'x'; 123])], &normal),
        case("the longest reason, chopped", &chopped(&close(1000, &[b'x'; 123])), &normal),
        case("a reason that is too long", &[close(1000, &[b'x'; 124])], &broken),
        case(
            "a reason that is no UTF-8",
            &[close(1000, &[0xCE, 0xBA, 0xE1, 0xBD, 0xB9, 0xED, 0xA0, 0x80])],
            &[Heard::Close(Some(1007))],
        ),
        case(
            "a reason that ends within a character",
            &[close(1000, &[0xE2, 0x82])],
            &[Heard::Close(Some(1007))],
        ),
        case("a close in fragments", &[frame(CLOSE, &1000_u16.to_be_bytes())], &broken),
        case("a text after the close", &[close(1000, b""), text(request(1))], &normal),
        case("a ping after the close", &[close(1000, b""), ping(b"still there")], &normal),
        case("another close", &[close(1000, b""), close(1001, b"")], &normal),
        case("nonsense after the close", &[close(1000, b""), vec![0xFF; 100]], &normal),
        case("all in one write", &[[close(1000, b""), text(request(1))].concat()], &normal),
        case(
            "what came before the close is answered",
            &[text(request(1)), ping(b"2"), close(1000, b"")],
            &[Heard::Answer(1), Heard::Pong(b"2".to_vec()), Heard::Close(Some(1000))],
        ),
    ]);
}
