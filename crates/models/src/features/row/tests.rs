use std::fmt::Write as _;

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::dataset::{Limits, Table, read};

fn table(text: &str) -> Table {
    read(|| Ok(text.as_bytes()), &Limits::default(), |_| ()).unwrap()
}

const TRAINED: &str = "\
power,colour,model,when,code
1.5,red,ford pinto,2026-01-01,a1
2,green,ford focus,2026-02-03 10:30,b2
-3e2,blue,vw golf,2026-03-05,a1
,red,vw polo,2026-04-07,b2
";

fn encoder() -> Encoder {
    let mut rows = TRAINED.to_owned();
    for row in 0..120 {
        let day = row % 28 + 1;
        let maker = ["ford", "vw"][row % 2];
        writeln!(rows, "{row}.25,red,{maker} {row},2026-05-{day:02},a1").unwrap();
    }
    Encoder::fit(&table(&rows), "none", &[], false)
}

fn encoded(row: &Value) -> Result<(Vec<f32>, Vec<Note>), FieldError> {
    let Value::Object(mut row) = row.clone() else { panic!("an object") };
    let (mut out, mut notes) = (Vec::new(), Vec::new());
    RowEncoder::new(&encoder(), |_| true).encode(&mut row, &mut out, &mut notes)?;
    Ok((out, notes))
}

#[test]
fn every_kind_of_column_is_there() {
    let rows = RowEncoder::new(&encoder(), |name| name == "code");
    let columns: Vec<_> = rows.columns().collect();
    let expected = [
        ("power", Takes::Number, false),
        ("colour", Takes::Text, false),
        ("model", Takes::Text, false),
        ("when", Takes::Time, false),
        ("code", Takes::Text, true),
    ];
    assert_eq!(columns, expected);
    assert_eq!(rows.features_of(3).collect::<Vec<_>>(), [3, 4, 5, 6, 7]);
    assert!(rows.knows("power") && !rows.knows("price"));
}

#[test]
fn wrong_values_name_their_field() {
    let check = |row: Value, column: &str, part: &str| {
        let error = encoded(&row).unwrap_err();
        assert!(error.column == column && error.detail.contains(part), "{error}");
    };
    check(json!({"power": "much"}), "power", "not the text \"much\"");
    check(json!({"power": "Infinity"}), "power", "not the text \"Infinity\"");
    check(json!({"power": "1e999"}), "power", "not the text");
    check(json!({"power": true}), "power", "not true or false");
    check(json!({"power": [1]}), "power", "not an array");
    check(json!({"colour": {"a": 1}}), "colour", "not an object");
    check(json!({"when": 5}), "when", "such as \"2026-11-21\"");
    check(json!({"when": "yesterday"}), "when", "not \"yesterday\"");
    let mut row = Map::new();
    let strict = RowEncoder::new(&encoder(), |_| false);
    let error = strict.encode(&mut row, &mut Vec::new(), &mut Vec::new()).unwrap_err();
    assert!(error.to_string().starts_with("power: the field is missing"), "{error}");
}

#[test]
fn what_is_odd_is_noted() {
    let (features, notes) =
        encoded(&json!({"power": " 2.5 ", "colour": "mauve", "model": "ford", "code": "NaN"}))
            .unwrap();
    assert!(features[0].to_bits() == 2.5_f32.to_bits() && features[1].is_nan());
    let power = Note::NumberAsText { column: "power".to_owned() };
    let colour = Note::Unseen { column: "colour".to_owned(), text: "mauve".to_owned() };
    assert_eq!(notes, [power, colour]);
    let (_, notes) = encoded(&json!({"power": 1e300})).unwrap();
    assert_eq!(notes, [Note::TooLarge { column: "power".to_owned() }]);
    let (features, notes) = encoded(&json!({"power": null, "when": "NaN"})).unwrap();
    assert!(features.iter().all(|one| one.is_nan()) && notes.is_empty());
}

fn cells() -> impl Strategy<Value = [Value; 5]> {
    let number = prop_oneof![
        any::<f64>().prop_filter("finite", |n| n.is_finite()).prop_map(Value::from),
        (-1_000_i64..1_000).prop_map(Value::from),
        Just(Value::Null),
    ];
    let text = |known: &[&str]| {
        let known: Vec<String> = known.iter().map(|text| (*text).to_owned()).collect();
        prop_oneof![
            proptest::sample::select(known).prop_map(Value::from),
            "[a-z]{1,6}( [a-z]{1,4})?".prop_map(Value::from),
            Just(Value::Null),
        ]
    };
    let time = (2000..2030, 1..=12, 1..=28, 0..24, 0..60)
        .prop_map(|(y, m, d, h, min)| format!("{y}-{m:02}-{d:02} {h:02}:{min:02}").into());
    let time = prop_oneof![time, Just(Value::Null)];
    let colours = text(&["red", "green", "blue", "NA"]);
    let models = text(&["ford x", "vw 3", "opel"]);
    (number, colours, models, time, text(&["a1", "b2"])).prop_map(|(a, b, c, d, e)| [a, b, c, d, e])
}

proptest! {
    #[test]
    fn a_row_is_a_table_of_one(cells in cells()) {
        let names = ["power", "colour", "model", "when", "code"];
        let written = |value: &Value| match value {
            Value::Null => String::new(),
            Value::String(text) => text.clone(),
            Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
                value.to_string()
            }
        };
        // Two more rows say what each column is, as a file says it.
        let line: Vec<String> = cells.iter().map(written).collect();
        let csv = format!(
            "{}\n1.5,red,ford pinto,2026-01-01 10:00,a1\n2.5,zz,vw golf,2026-01-02 11:00,b2\n{}\n",
            names.join(","), line.join(","),
        );
        let of_table = encoder().transform(&table(&csv));
        let row: Map<String, Value> = names.map(str::to_owned).into_iter().zip(cells).collect();
        let (of_row, _) = encoded(&Value::Object(row)).unwrap();
        let bits = |features: &[f32]| features.iter().map(|one| {
            if one.is_nan() { u32::MAX } else { one.to_bits() }
        }).collect::<Vec<_>>();
        prop_assert_eq!(bits(&of_row), bits(of_table.row(2)), "{}", csv);
    }
}
