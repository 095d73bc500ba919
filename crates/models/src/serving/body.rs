//! What a request asks, in whatever form it came: one object, objects, arrays with their columns, CSV.

use serde_json::{Map, Value};

use super::InputRow;

/// Most rows of one request.
pub const BATCH_ROWS: usize = 10_000;

/// The rows of a request.
#[derive(Clone, Debug, PartialEq)]
pub struct Body {
    /// In their order.
    pub rows: Vec<InputRow>,
    /// Whether it was one row by itself: then its answer is one too.
    pub single: bool,
    /// Whether the values are the cells of a file.
    pub cells: bool,
}

/// Why a request has no rows.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BodyError {
    /// It cannot be read.
    #[error("{0}")]
    Malformed(String),
    /// More at once than may be.
    #[error("more than the limit of {BATCH_ROWS} rows in one request; send them in parts")]
    TooManyRows,
}

const WANTED: &str = "the body has to be a JSON object with a field for each column, an array of such \
                      objects, {\"columns\": [...], \"rows\": [[...]]}, or CSV with a header \
                      (Content-Type: text/csv)";

impl Body {
    /// Reads JSON.
    pub fn of_json(bytes: &[u8]) -> Result<Self, BodyError> {
        let value: Value = serde_json::from_slice(bytes)
            .map_err(|error| BodyError::Malformed(format!("{WANTED}: {error}")))?;
        match value {
            Value::Object(mut object) => match features_of(&mut object) {
                Some(row) => Ok(Self::one(row)),
                None if is_columns(&object) => columns(object),
                None => Ok(Self::one(object)),
            },
            Value::Array(rows) => {
                bound(rows.len())?;
                let row = |(place, row)| match row {
                    Value::Object(mut object) => Ok(features_of(&mut object).unwrap_or(object)),
                    Value::Null
                    | Value::Bool(_)
                    | Value::Number(_)
                    | Value::String(_)
                    | Value::Array(_) => Err(BodyError::Malformed(format!(
                        "row {} is no object; {WANTED}",
                        place + 1
                    ))),
                };
                let rows: Result<_, _> = rows.into_iter().enumerate().map(row).collect();
                Ok(Self { rows: rows?, single: false, cells: false })
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
                Err(BodyError::Malformed(WANTED.to_owned()))
            }
        }
    }

    /// Reads CSV with a header; `,` or, where the header has more of them, `;` or tabs between cells.
    pub fn of_csv(bytes: &[u8]) -> Result<Self, BodyError> {
        let header = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
        #[expect(clippy::naive_bytecount, reason = "one line")]
        let count = |mark: u8| header.iter().filter(|byte| **byte == mark).count();
        let delimiter = [b';', b'\t']
            .into_iter()
            .fold(b',', |best, mark| if count(mark) > count(best) { mark } else { best });
        let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).from_reader(bytes);
        let wrong =
            |error: csv::Error| BodyError::Malformed(format!("the CSV cannot be read: {error}"));
        let names = reader.headers().map_err(wrong)?.clone();
        let mut rows = Vec::new();
        for record in reader.records() {
            let record = record.map_err(wrong)?;
            bound(rows.len() + 1)?;
            let cell = |(name, cell): (&str, &str)| {
                let name = name.trim_start_matches('\u{feff}').trim().to_owned();
                (name, Value::from(cell))
            };
            rows.push(names.iter().zip(record.iter()).map(cell).collect());
        }
        Ok(Self { rows, single: false, cells: true })
    }

    fn one(row: InputRow) -> Self {
        Self { rows: vec![row], single: true, cells: false }
    }
}

/// What stands in `features`, where a row has nothing else.
fn features_of(object: &mut InputRow) -> Option<InputRow> {
    if object.len() != 1 {
        return None;
    }
    match object.get_mut("features") {
        Some(Value::Object(row)) => Some(std::mem::take(row)),
        _ => None,
    }
}

fn is_columns(object: &InputRow) -> bool {
    let is_array = |name| object.get(name).is_some_and(Value::is_array);
    object.len() == 2 && is_array("columns") && is_array("rows")
}

fn columns(mut object: InputRow) -> Result<Body, BodyError> {
    let mut array = |name| match object.remove(name) {
        Some(Value::Array(values)) => values,
        _ => Vec::new(),
    };
    let malformed = |detail: String| BodyError::Malformed(detail);
    let name = |value: Value| match value {
        Value::String(name) => Ok(name),
        other @ (Value::Null
        | Value::Bool(_)
        | Value::Number(_)
        | Value::Array(_)
        | Value::Object(_)) => {
            Err(malformed(format!("columns: {other} is no name; columns are texts")))
        }
    };
    let names: Vec<String> = array("columns").into_iter().map(name).collect::<Result<_, _>>()?;
    let rows = array("rows");
    bound(rows.len())?;
    let row = |(place, row): (usize, Value)| {
        let place = place + 1;
        let Value::Array(values) = row else {
            return Err(malformed(format!("rows: row {place} is no array; {WANTED}")));
        };
        if values.len() != names.len() {
            let (found, wanted) = (values.len(), names.len());
            let detail = format!("rows: row {place} has {found} values for {wanted} columns");
            return Err(malformed(detail));
        }
        Ok(names.iter().cloned().zip(values).collect::<Map<String, Value>>())
    };
    let rows = rows.into_iter().enumerate().map(row).collect::<Result<_, _>>()?;
    Ok(Body { rows, single: false, cells: false })
}

fn bound(rows: usize) -> Result<(), BodyError> {
    if rows > BATCH_ROWS { Err(BodyError::TooManyRows) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_form_gives_the_same_rows() {
        let rows = [json!({"a": 1, "b": "x"}), json!({"a": 2, "b": "y"})];
        let expected: Vec<InputRow> =
            rows.iter().map(|row| row.as_object().unwrap().clone()).collect();
        let check = |text: &str| {
            assert_eq!(Body::of_json(text.as_bytes()).unwrap().rows, expected, "{text}");
        };
        check(r#"[{"a":1,"b":"x"},{"a":2,"b":"y"}]"#);
        check(r#"[{"features":{"a":1,"b":"x"}},{"features":{"a":2,"b":"y"}}]"#);
        check(r#"{"columns":["a","b"],"rows":[[1,"x"],[2,"y"]]}"#);
        for text in [r#"{"a":1,"b":"x"}"#, r#"{"features":{"a":1,"b":"x"}}"#] {
            let body = Body::of_json(text.as_bytes()).unwrap();
            assert!(body.single && body.rows == expected[..1], "{body:?}");
        }
        for text in ["a,b\n1,x\n2,y\n", "\u{feff}a;b\r\n1;x\r\n2;y\r\n", "a\tb\n1\tx\n2\ty"] {
            let body = Body::of_csv(text.as_bytes()).unwrap();
            let cells = [json!({"a": "1", "b": "x"}), json!({"a": "2", "b": "y"})];
            let cells: Vec<InputRow> =
                cells.iter().map(|row| row.as_object().unwrap().clone()).collect();
            assert!(body.cells && !body.single && body.rows == cells, "{body:?}");
        }
    }

    #[test]
    fn what_is_no_row_is_said() {
        let check = |text: &str, part: &str| {
            let error = Body::of_json(text.as_bytes()).unwrap_err().to_string();
            assert!(error.contains(part), "{text}: {error}");
        };
        check("", "has to be a JSON object");
        check("{\"a\":NaN}", "has to be a JSON object");
        check("{\"a\":1e999}", "out of range");
        check("5", "has to be a JSON object");
        check("[{\"a\":1},7]", "row 2 is no object");
        check("{\"columns\":[\"a\"],\"rows\":[[1],[1,2]]}", "row 2 has 2 values for 1 columns");
        check("{\"columns\":[5],\"rows\":[]}", "5 is no name");
        assert!(Body::of_csv(b"a,b\n1\n").unwrap_err().to_string().contains("cannot be read"));
        let many = format!("a\n{}", "1\n".repeat(BATCH_ROWS + 1));
        assert_eq!(Body::of_csv(many.as_bytes()), Err(BodyError::TooManyRows));
    }
}
