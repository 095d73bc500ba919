//! What a file is written in, guessed from its beginning.

use encoding_rs::{Encoding as Charset, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    cell,
    column::Kind,
    error::DatasetError,
    time::{self, DateOrder},
};

/// Rows that are looked at.
const ROWS: usize = 1_000;
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// How a file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dialect {
    /// How its bytes are text.
    pub encoding: Encoding,
    /// What stands between cells.
    pub delimiter: char,
    /// Whether the first row holds names.
    pub header: bool,
    /// What stands before the fraction of a number.
    pub decimal: Decimal,
}

impl Dialect {
    /// A cell as JSON: null where nothing stands.
    pub fn value(self, cell: &str, is_number: bool) -> Value {
        if is_number {
            return cell::number(cell, self.decimal).map_or(Value::Null, Value::from);
        }
        if cell::is_missing(cell) { Value::Null } else { Value::from(cell) }
    }
}

/// How bytes are text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Encoding {
    /// UTF-8, with or without a byte order mark.
    Utf8,
    /// UTF-16, least byte first.
    Utf16Le,
    /// UTF-16, most byte first.
    Utf16Be,
    /// Windows-1252, which includes what is printable in ISO 8859-1.
    Windows1252,
}

/// What stands before the fraction of a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decimal {
    /// `1.5`
    Point,
    /// `1,5`
    Comma,
}

impl Encoding {
    /// From the beginning of a file.
    pub(crate) fn guess(bytes: &[u8]) -> Result<Self, DatasetError> {
        match bytes {
            [0xFF, 0xFE, ..] => return Ok(Self::Utf16Le),
            [0xFE, 0xFF, ..] => return Ok(Self::Utf16Be),
            _ => {}
        }
        if let Some(at) = bytes.iter().position(|byte| *byte == 0) {
            // ASCII in UTF-16 without a mark: every other byte is NUL.
            let zeros = |parity| bytes.iter().skip(parity).step_by(2).filter(|b| **b == 0).count();
            let most = bytes.len() * 2 / 5;
            return match (zeros(0), zeros(1)) {
                (_, odd) if odd > most => Ok(Self::Utf16Le),
                (even, _) if even > most => Ok(Self::Utf16Be),
                _ => Err(DatasetError::Binary { at: at as u64 }),
            };
        }
        Ok(match std::str::from_utf8(bytes) {
            Ok(_) => Self::Utf8,
            // The sample may end within a character.
            Err(error) if error.error_len().is_none() => Self::Utf8,
            Err(_) => Self::Windows1252,
        })
    }

    /// Its name as the web has it (WHATWG, Encoding Standard), in lower case.
    pub fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "utf-8",
            Self::Utf16Le => "utf-16le",
            Self::Utf16Be => "utf-16be",
            Self::Windows1252 => "windows-1252",
        }
    }

    /// The one of that name.
    pub fn named(name: &str) -> Option<Self> {
        let all = [Self::Utf8, Self::Utf16Le, Self::Utf16Be, Self::Windows1252];
        all.into_iter().find(|encoding| encoding.name() == name)
    }

    pub(crate) fn charset(self) -> &'static Charset {
        match self {
            Self::Utf8 => UTF_8,
            Self::Utf16Le => UTF_16LE,
            Self::Utf16Be => UTF_16BE,
            Self::Windows1252 => WINDOWS_1252,
        }
    }
}

/// What a sample of the text says, and the kind of each column in it.
pub(crate) fn guess(
    sample: &str,
    encoding: Encoding,
    whole: bool,
) -> Result<(Dialect, Vec<Kind>), DatasetError> {
    if sample.trim().is_empty() {
        return Err(DatasetError::Empty);
    }
    let (delimiter, rows) = DELIMITERS
        .map(|delimiter| (delimiter, rows_of(sample, delimiter, whole)))
        .into_iter()
        .rev() // of two that are as good the first in the list is taken
        .max_by_key(|(_, rows)| agreement(rows))
        .ok_or(DatasetError::Empty)?;
    let decimal = decimal_of(&rows, delimiter);
    let columns = rows.first().map_or(0, Vec::len);
    let header = is_header(&rows, decimal);
    let body = rows.get(usize::from(header)..).unwrap_or_default();
    let cells =
        |column: usize| body.iter().filter_map(move |row| row.get(column).map(String::as_str));
    let kinds = (0..columns).map(|column| kind_of(&cells(column), decimal)).collect();
    let delimiter = char::from(delimiter);
    Ok((Dialect { encoding, delimiter, header, decimal }, kinds))
}

fn rows_of(sample: &str, delimiter: u8, whole: bool) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .has_headers(false)
        .flexible(true)
        .from_reader(sample.as_bytes());
    let mut rows: Vec<Vec<String>> = reader
        .records()
        .take(ROWS)
        .filter_map(Result::ok)
        .map(|record| record.iter().map(|cell| cell.trim().to_owned()).collect())
        .collect();
    if !whole && rows.len() > 1 && rows.len() < ROWS {
        rows.pop(); // the sample cuts it
    }
    rows
}

/// How well a delimiter fits: the share of rows as long as the first, then the number of columns.
fn agreement(rows: &[Vec<String>]) -> (usize, usize) {
    let columns = rows.first().map_or(0, Vec::len);
    if columns < 2 {
        return (0, columns);
    }
    let alike = rows.iter().filter(|row| row.len() == columns).count();
    (alike * 100 / rows.len().max(1), columns)
}

fn decimal_of(rows: &[Vec<String>], delimiter: u8) -> Decimal {
    if delimiter == b',' {
        // Quoted numbers may have a comma all the same; that is rare enough to be text.
        return Decimal::Point;
    }
    let count = |decimal, mark| {
        let cells = rows.iter().flatten().filter(|cell| cell.contains(mark));
        cells.filter(|cell| cell::number(cell, decimal).is_some()).count()
    };
    if count(Decimal::Comma, ',') > count(Decimal::Point, '.') {
        Decimal::Comma
    } else {
        Decimal::Point
    }
}

/// Whether the first row names the columns: no cell of it is a number, a date or empty (but for names
/// left out at its end), and below it there is at least one row.
fn is_header(rows: &[Vec<String>], decimal: Decimal) -> bool {
    let Some(first) = rows.first() else { return false };
    let is_value = |cell: &String| {
        cell::number(cell, decimal).is_some()
            || DateOrder::ALL.iter().any(|order| time::parse(cell, *order).is_some())
    };
    !first.iter().any(is_value)
}

fn kind_of<'a>(cells: &(impl Iterator<Item = &'a str> + Clone), decimal: Decimal) -> Kind {
    let mut filled = cells.clone().filter(|cell| !cell::is_missing_among_numbers(cell));
    let numbers = cells.clone().filter(|cell| cell::number(cell, decimal).is_some()).count();
    let all = filled.clone().count();
    // A few odd cells do not make text of numbers; the reader counts them exactly.
    if all == 0 || all - numbers <= all / 200 {
        return Kind::Number;
    }
    let is_time =
        |order: &DateOrder| filled.clone().all(|cell| time::parse(cell, *order).is_some());
    let found = DateOrder::ALL.into_iter().find(is_time);
    match found {
        // Both readings fit: a slash is written where the month comes first.
        Some(DateOrder::DayFirst)
            if filled.clone().any(|cell| cell.contains('/')) && is_time(&DateOrder::MonthFirst) =>
        {
            Kind::Time(DateOrder::MonthFirst)
        }
        Some(order) if filled.next().is_some() => Kind::Time(order),
        _ => Kind::Text,
    }
}
