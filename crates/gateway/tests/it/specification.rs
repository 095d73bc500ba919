//! The examples of docs/PROTOCOL.md are what the server says: requests are sent as they stand there, and
//! the answers compared; everything else is read as what it claims to be. Times and epochs differ.

use crate::fixture::Gateway;
use bellwether_signal::{
    answer::Delivered,
    protocol::{Answer, Position, Request},
};
use serde_json::{Value, json};

/// The epoch of everything in the examples; that of the fixture's hub takes its place.
const EPOCH: &str = "1795272291976";
const OUR_EPOCH: &str = "7";
/// Stands in examples for more of the same.
const MORE: &str = ", …";

/// The messages of the document, block by block.
fn examples() -> Vec<Vec<Value>> {
    let text = include_str!("../../../../docs/PROTOCOL.md").replace(MORE, "");
    let blocks = text.split("```json\n").skip(1).map(|rest| rest.split("```").next().unwrap());
    let messages = |block: &str| {
        let block = block.replace(EPOCH, OUR_EPOCH).replace('…', "");
        let stream = serde_json::Deserializer::from_str(&block).into_iter::<Value>();
        stream.map(|message| message.unwrap_or_else(|error| panic!("{error} in {block}"))).collect()
    };
    blocks.map(messages).collect()
}

#[test]
fn every_message_is_what_it_claims_to_be() {
    let mut read = 0;
    for message in examples().into_iter().flatten() {
        let text = message.to_string();
        let failed = match message["op"].as_str() {
            Some("welcome" | "ok" | "error" | "pong") => {
                serde_json::from_value::<Answer>(message).err()
            }
            Some(_) => serde_json::from_value::<Request>(message).err(),
            // The answer to a poll.
            None if message.get("envelopes").is_some() => None,
            None => serde_json::from_value::<Delivered>(message).err(),
        };
        assert!(failed.is_none(), "{text}: {failed:?}");
        read += 1;
    }
    assert!(read >= 16, "only {read} messages: the document is written in another way now");
}

#[test]
fn requests_are_answered_as_it_says() {
    let gateway = Gateway::start();
    for n in 1..=41 {
        gateway.log("activity", Position(7, n), &json!({ "n": n }));
    }
    let mut asked = 0;
    for block in examples() {
        let mut socket = gateway.socket("admin");
        let mut messages = block.into_iter().peekable();
        while let Some(request) = messages.next() {
            let is_request = serde_json::from_value::<Request>(request.clone()).is_ok();
            let Some(expected) = messages.next_if(|next| is_request && next["op"] == "ok") else {
                continue;
            };
            // Nobody says that something is done before it came.
            for (topic, position) in request["positions"].as_object().into_iter().flatten() {
                let is_it = |it: &Value| {
                    it["topic"] == *topic && json!([it["epoch"], it["offset"]]) == *position
                };
                while request["op"] == "ack" && !is_it(&socket.message()) {}
            }
            socket.say(&request.to_string());
            let answer = loop {
                let message = socket.message();
                if message["op"] != Value::Null {
                    break message;
                }
            };
            assert_eq!(answer, expected, "to {request}");
            asked += 1;
        }
    }
    assert!(
        asked >= 5,
        "only {asked} requests with answers: the document is written in another way"
    );
}

#[test]
fn the_welcome_names_the_limits_that_it_says() {
    let gateway = Gateway::start();
    let headers = "Authorization: Bearer admin\r\nSec-WebSocket-Protocol: bellwether.v1\r\n";
    let welcome = gateway.shake_hands("/ws", headers).1.unwrap().message();
    let written = examples().into_iter().flatten().find(|it| it["op"] == "welcome").unwrap();
    assert_eq!(welcome["limits"], written["limits"]);
    let names = |it: &Value| it.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&welcome), names(&written));
}
