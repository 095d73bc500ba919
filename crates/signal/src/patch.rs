//! JSON Merge Patch (RFC 7396) for state payloads, which hold no null: an absent field is unknown,
//! so that null in a patch can mean "gone".

use std::cmp::Ordering;

use serde_json::{Map, Value};

/// What turns `old` into `new`. An unchanged value gives an empty object.
///
/// Arrays and plain values are replaced whole. Both are gone through once, in the order of their keys:
/// looking each key up would be most of the cost of a list of a thousand processes.
pub fn diff(old: &Map<String, Value>, new: &Map<String, Value>) -> Map<String, Value> {
    let mut patch = Map::new();
    let mut olds = old.iter().peekable();
    for (key, value) in new {
        let before = loop {
            let Some((name, before)) = olds.peek() else { break None };
            match (*name).cmp(key) {
                Ordering::Less => {
                    patch.insert((*name).clone(), Value::Null);
                    olds.next();
                }
                Ordering::Equal => {
                    let before = *before;
                    olds.next();
                    break Some(before);
                }
                Ordering::Greater => break None,
            }
        };
        match (before, value) {
            (Some(Value::Object(before)), Value::Object(after)) => {
                let inner = diff(before, after);
                if !inner.is_empty() {
                    patch.insert(key.clone(), Value::Object(inner));
                }
            }
            (Some(before), _) if before == value => {}
            _ => {
                patch.insert(key.clone(), value.clone());
            }
        }
    }
    patch.extend(olds.map(|(key, _)| (key.clone(), Value::Null)));
    patch
}

/// Applies a patch in place.
pub fn apply(target: &mut Map<String, Value>, patch: &Map<String, Value>) {
    for (key, change) in patch {
        match (target.get_mut(key), change) {
            (_, Value::Null) => {
                target.remove(key);
            }
            (Some(Value::Object(inner)), Value::Object(change)) => apply(inner, change),
            (_, Value::Object(change)) => {
                let mut inner = Map::new();
                apply(&mut inner, change);
                target.insert(key.clone(), Value::Object(inner));
            }
            (_, change) => {
                target.insert(key.clone(), change.clone());
            }
        }
    }
}

/// One patch that does what `first` and then `second` do, merged into `first`; whoever is between
/// the two may apply it too.
///
/// `None` when no merge patch can say it: `first` removes or replaces something that `second` makes
/// an object of again, and a patch with an object would merge into what was there before.
pub fn compose(first: &mut Map<String, Value>, second: &Map<String, Value>) -> Option<()> {
    for (key, change) in second {
        match (first.get_mut(key), change) {
            (Some(Value::Object(inner)), Value::Object(change)) => compose(inner, change)?,
            (Some(_), Value::Object(_)) => return None,
            (_, change) => {
                first.insert(key.clone(), change.clone());
            }
        }
    }
    Some(())
}

/// Takes out every null, wherever it stands: publishers may write null for unknown.
pub fn strip_nulls(payload: &mut Map<String, Value>) {
    payload.retain(|_, value| !value.is_null());
    for value in payload.values_mut() {
        if let Value::Object(inner) = value {
            strip_nulls(inner);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn object(value: Value) -> Map<String, Value> {
        let Value::Object(map) = value else { panic!("{value} is no object") };
        map
    }

    /// Payloads with few distinct keys, so that changes meet.
    fn payload() -> impl Strategy<Value = Map<String, Value>> {
        let leaf = prop_oneof![
            any::<bool>().prop_map(Value::from),
            (0..3).prop_map(Value::from),
            "[a-b]{0,2}".prop_map(Value::from),
            Just(json!([1, null])),
        ];
        let tree = leaf.prop_recursive(3, 24, 4, |inner| {
            prop::collection::btree_map("[a-d]", inner, 0..4)
                .prop_map(|map| Value::Object(map.into_iter().collect()))
        });
        prop::collection::btree_map("[a-d]", tree, 0..4).prop_map(|map| map.into_iter().collect())
    }

    proptest! {
        #[test]
        fn a_patch_leads_from_old_to_new(old in payload(), new in payload()) {
            let mut patched = old.clone();
            apply(&mut patched, &diff(&old, &new));
            prop_assert_eq!(patched, new);
        }

        #[test]
        fn nothing_changed_is_an_empty_patch(same in payload()) {
            prop_assert!(diff(&same, &same).is_empty());
        }

        #[test]
        fn composed_patches_lead_to_the_newest(a in payload(), b in payload(), c in payload()) {
            let (first, second) = (diff(&a, &b), diff(&b, &c));
            let mut both = first.clone();
            if compose(&mut both, &second).is_some() {
                let mut from_oldest = a;
                apply(&mut from_oldest, &both);
                prop_assert_eq!(&from_oldest, &c);
                let mut from_between = b;
                apply(&mut from_between, &both);
                prop_assert_eq!(&from_between, &c);
            }
        }
    }

    /// What anybody may send as a patch: nulls too, wherever they stand.
    fn any_patch() -> impl Strategy<Value = Map<String, Value>> {
        let leaf =
            prop_oneof![Just(Value::Null), (0..3).prop_map(Value::from), Just(json!([null]))];
        let tree = leaf.prop_recursive(3, 24, 4, |inner| {
            prop::collection::btree_map("[a-d]", inner, 0..4)
                .prop_map(|map| Value::Object(map.into_iter().collect()))
        });
        prop::collection::btree_map("[a-d]", tree, 0..4).prop_map(|map| map.into_iter().collect())
    }

    /// Whether a null stands anywhere but in an array, which a patch replaces whole.
    fn has_null(payload: &Map<String, Value>) -> bool {
        payload.values().any(|value| match value {
            Value::Null => true,
            Value::Object(inner) => has_null(inner),
            Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => false,
        })
    }

    proptest! {
        #[test]
        fn composed_is_one_after_the_other(
            target in payload(), first in any_patch(), second in any_patch()
        ) {
            let mut one_by_one = target.clone();
            apply(&mut one_by_one, &first);
            apply(&mut one_by_one, &second);
            let mut both = first;
            if compose(&mut both, &second).is_some() {
                let mut at_once = target;
                apply(&mut at_once, &both);
                prop_assert_eq!(at_once, one_by_one);
            }
        }

        #[test]
        fn no_patch_leaves_a_null(target in payload(), patch in any_patch()) {
            let mut patched = target;
            apply(&mut patched, &patch);
            prop_assert!(!has_null(&patched));
        }

        #[test]
        fn a_stripped_payload_survives_a_patch(written in any_patch(), old in payload()) {
            let mut new = written;
            strip_nulls(&mut new);
            prop_assert!(!has_null(&new));
            let mut patched = old.clone();
            apply(&mut patched, &diff(&old, &new));
            prop_assert_eq!(patched, new);
        }

        #[test]
        fn only_what_differs_is_sent(old in payload(), new in payload()) {
            for (key, change) in diff(&old, &new) {
                prop_assert_ne!(old.get(&key), new.get(&key));
                prop_assert_eq!(change.is_null(), !new.contains_key(&key));
            }
        }
    }

    #[test]
    fn examples_of_the_rfc() {
        let check = |target: Value, patch: Value, expected: Value| {
            let mut target = object(target);
            apply(&mut target, &object(patch));
            assert_eq!(Value::Object(target), expected);
        };
        check(json!({"a": "b"}), json!({"a": "c"}), json!({"a": "c"}));
        check(json!({"a": "b"}), json!({"b": "c"}), json!({"a": "b", "b": "c"}));
        check(json!({"a": "b", "b": "c"}), json!({"a": null}), json!({"b": "c"}));
        check(json!({"a": ["b"]}), json!({"a": "c"}), json!({"a": "c"}));
        check(
            json!({"a": {"b": "c"}}),
            json!({"a": {"b": "d", "c": null}}),
            json!({"a": {"b": "d"}}),
        );
        check(json!({}), json!({"a": {"bb": {"ccc": null}}}), json!({"a": {"bb": {}}}));
    }

    #[test]
    fn what_no_patch_can_say_is_refused() {
        let mut removed = object(json!({"a": null}));
        assert!(compose(&mut removed, &object(json!({"a": {"b": 1}}))).is_none());
    }

    #[test]
    fn nulls_are_taken_out() {
        let mut payload = object(json!({"a": null, "b": {"c": null, "d": 1}}));
        strip_nulls(&mut payload);
        assert_eq!(Value::Object(payload), json!({"b": {"d": 1}}));
    }
}
