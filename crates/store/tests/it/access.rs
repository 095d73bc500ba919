//! Settings and tokens.

use std::thread;

use bellwether_signal::{Role, Timestamp};
use bellwether_store::{MAX_SETTINGS_BYTES, MAX_TOKENS, NewToken, StoreError, TokenKind};
use serde_json::{Map, Value, json};

use crate::scene::Scene;

const NOW: Timestamp = Timestamp(1_700_000_000_000);

fn later(ms: i64) -> Timestamp {
    Timestamp(NOW.0 + ms)
}

fn object(value: Value) -> Map<String, Value> {
    let Value::Object(map) = value else { panic!("{value} is no object") };
    map
}

fn token(kind: TokenKind, expires_at: Option<Timestamp>) -> NewToken {
    NewToken { kind, name: "ada".into(), role: Role::Operator, expires_at }
}

#[test]
fn settings_are_merged_kept_and_bounded() {
    let scene = Scene::new();
    assert_eq!(scene.store.settings("ada").unwrap(), Map::new());
    let patch = object(json!({"theme": "dark", "now": {"cards": ["cpu"], "wide": true}}));
    scene.store.merge_settings("ada", &patch).unwrap();
    let patch = object(json!({"now": {"wide": null}}));
    let merged = scene.store.merge_settings("ada", &patch).unwrap();
    assert_eq!(Value::Object(merged), json!({"theme": "dark", "now": {"cards": ["cpu"]}}));

    let huge = object(json!({"x": "y".repeat(MAX_SETTINGS_BYTES)}));
    let error = scene.store.merge_settings("ada", &huge).unwrap_err();
    assert!(matches!(error, StoreError::SettingsTooLarge { .. }), "{error}");

    let scene = scene.reopen();
    let kept = scene.store.settings("ada").unwrap();
    assert_eq!(Value::Object(kept), json!({"theme": "dark", "now": {"cards": ["cpu"]}}));
    assert_eq!(scene.store.settings("bob").unwrap(), Map::new());
}

#[test]
fn a_token_lets_in_until_it_is_revoked() {
    let scene = Scene::new();
    let issued = scene.store.create_token(token(TokenKind::Api, None), NOW).unwrap();
    assert_eq!(issued.secret.len(), 43);
    for _ in 0..2 {
        let identity = scene.store.verify_token(&issued.secret, NOW).unwrap().unwrap();
        assert_eq!(
            (&*identity.name, identity.role, identity.kind),
            ("ada", Role::Operator, TokenKind::Api)
        );
        assert_eq!(identity.id, issued.id);
    }
    assert_eq!(scene.store.verify_token("", NOW).unwrap(), None);
    assert_eq!(scene.store.verify_token(&issued.id, NOW).unwrap(), None);
    assert!(scene.store.revoke_token(&issued.id, NOW).unwrap());
    assert_eq!(scene.store.verify_token(&issued.secret, NOW).unwrap(), None);
    assert!(!scene.store.revoke_token(&issued.id, NOW).unwrap());
    assert!(!scene.store.revoke_token("none", NOW).unwrap());
    let scene = scene.reopen();
    assert_eq!(scene.store.verify_token(&issued.secret, NOW).unwrap(), None);
    assert_eq!(scene.store.list_tokens().unwrap()[0].revoked_at, Some(NOW));
}

#[test]
fn what_is_known_is_answered_from_memory_and_not_after_it_ended() {
    let scene = Scene::new();
    let known = |secret: &str, at| scene.store.known_token(secret, at);
    let good = scene.store.create_token(token(TokenKind::Api, Some(later(1_000))), NOW).unwrap();
    assert_eq!(known(&good.secret, NOW), None, "it was never looked up");
    let identity = scene.store.verify_token(&good.secret, NOW).unwrap();
    assert_eq!(known(&good.secret, NOW), identity);
    assert_eq!(known(&good.secret, later(1_000)), None, "it has expired");
    scene.store.revoke_token(&good.id, NOW).unwrap();
    assert_eq!(known(&good.secret, NOW), None, "it was revoked");
}

#[test]
fn a_secret_is_not_in_the_file() {
    let scene = Scene::new();
    let issued = scene.store.create_token(token(TokenKind::Api, None), NOW).unwrap();
    scene.store.close();
    let bytes = std::fs::read(scene.folder.path().join("bellwether.db")).unwrap();
    let found = |text: &str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(found(&issued.id));
    assert!(!found(&issued.secret));
    assert!(!format!("{issued:?}").contains(&issued.secret));
}

#[test]
fn a_token_expires_even_when_it_was_seen_before() {
    let scene = Scene::new();
    let issued = scene.store.create_token(token(TokenKind::Api, Some(later(1_000))), NOW).unwrap();
    assert!(scene.store.verify_token(&issued.secret, later(999)).unwrap().is_some());
    assert!(scene.store.verify_token(&issued.secret, later(1_000)).unwrap().is_none());
}

#[test]
fn ended_tokens_are_forgotten() {
    let scene = Scene::new();
    let session = scene.store.create_token(token(TokenKind::Session, Some(later(1))), NOW).unwrap();
    let api = scene.store.create_token(token(TokenKind::Api, Some(later(1))), NOW).unwrap();
    let ids = |now| {
        let made = scene.store.create_token(token(TokenKind::Api, None), now).unwrap();
        let tokens = scene.store.list_tokens().unwrap();
        scene.store.revoke_token(&made.id, now).unwrap();
        tokens.into_iter().map(|token| token.identity.id).collect::<Vec<_>>()
    };
    assert!(ids(NOW).contains(&session.id));
    let soon = ids(later(2));
    assert!(!soon.contains(&session.id) && soon.contains(&api.id));
    assert_eq!(ids(later(30 * 86_400_000)).len(), 1);
}

#[test]
fn the_last_use_is_noted_once_a_minute() {
    let scene = Scene::new();
    let issued = scene.store.create_token(token(TokenKind::Api, None), NOW).unwrap();
    let used = |at| {
        scene.store.verify_token(&issued.secret, at).unwrap().unwrap();
        // A later change is written after the note.
        scene.store.merge_settings("ada", &Map::new()).unwrap();
        scene.store.list_tokens().unwrap()[0].last_used_at
    };
    assert_eq!(used(later(5)), Some(later(5)));
    assert_eq!(used(later(60_004)), Some(later(5)));
    assert_eq!(used(later(60_005)), Some(later(60_005)));
}

#[test]
fn a_link_makes_one_session_however_many_race() {
    let scene = Scene::new();
    for _ in 0..20 {
        let link =
            scene.store.create_token(token(TokenKind::Link, Some(later(60_000))), NOW).unwrap();
        assert_eq!(scene.store.verify_token(&link.secret, NOW).unwrap(), None);
        let redeemed: Vec<_> = thread::scope(|scope| {
            let redeem = || scene.store.redeem_link(&link.secret, NOW, 86_400_000).unwrap();
            let racers: Vec<_> = (0..8).map(|_| scope.spawn(redeem)).collect();
            racers.into_iter().filter_map(|racer| racer.join().unwrap()).collect()
        });
        assert_eq!(redeemed.len(), 1);
        let (session, identity) = &redeemed[0];
        assert_eq!(
            (identity.kind, identity.role, &*identity.name),
            (TokenKind::Session, Role::Operator, "ada")
        );
        assert_eq!(
            scene.store.verify_token(&session.secret, NOW).unwrap().as_ref(),
            Some(identity)
        );
        assert_eq!(scene.store.verify_token(&session.secret, later(86_400_000)).unwrap(), None);
    }
}

#[test]
fn a_link_expires_and_only_links_are_redeemed() {
    let scene = Scene::new();
    let link = scene.store.create_token(token(TokenKind::Link, Some(later(60_000))), NOW).unwrap();
    assert_eq!(scene.store.redeem_link(&link.secret, later(60_000), 1).unwrap(), None);
    let api = scene.store.create_token(token(TokenKind::Api, None), NOW).unwrap();
    assert_eq!(scene.store.redeem_link(&api.secret, NOW, 1).unwrap(), None);
    assert!(scene.store.verify_token(&api.secret, NOW).unwrap().is_some());
}

#[test]
fn a_name_is_one() {
    let scene = Scene::new();
    for name in ["", "a\nb", &"x".repeat(101)] {
        let new = NewToken { name: name.into(), ..token(TokenKind::Api, None) };
        let error = scene.store.create_token(new, NOW).unwrap_err();
        assert!(matches!(error, StoreError::TokenName { .. }), "{error}");
    }
}

#[test]
fn tokens_are_bounded_and_a_sign_in_that_fails_leaves_its_link() {
    let scene = Scene::new();
    let link = scene.store.create_token(token(TokenKind::Link, Some(later(60_000))), NOW).unwrap();
    let database = rusqlite::Connection::open(scene.folder.path().join("bellwether.db")).unwrap();
    let crowd = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i <= ?1)
                INSERT INTO token (id, kind, name, role, hash, created_at_ms)
                SELECT 'x' || i, 'api', 'x', 'viewer', CAST('x' || i AS BLOB), 0 FROM n";
    database.execute(crowd, [i64::try_from(MAX_TOKENS).unwrap()]).unwrap();
    let full = |error| matches!(error, Err(StoreError::TooManyTokens { .. }));
    assert!(full(scene.store.create_token(token(TokenKind::Api, None), NOW).map(|_| ())));
    assert!(full(scene.store.redeem_link(&link.secret, NOW, 1).map(|_| ())));
    database.execute("DELETE FROM token WHERE name = 'x'", []).unwrap();
    assert!(scene.store.redeem_link(&link.secret, NOW, 1).unwrap().is_some());
}
