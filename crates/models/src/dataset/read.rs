//! Reads a file into columns: the text streams by, only the columns stay.

use std::{
    collections::HashMap,
    io::{self, Read},
};

use csv::StringRecord;
use encoding_rs_io::DecodeReaderBytesBuilder;

use super::{
    column::{Column, ColumnBuilder, Kind, Misfit},
    dialect::{self, Dialect, Encoding},
    error::DatasetError,
};

/// Bytes from which the dialect is guessed.
const SAMPLE_BYTES: u64 = 256 * 1024;
/// The most of them, for tables with very long rows.
const SAMPLE_BYTES_MAX: u64 = SAMPLE_BYTES * 64;
/// Rows between two reports of progress.
const REPORT_ROWS: usize = 4_096;

/// Bounds of what is read.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Columns.
    pub columns: usize,
    /// Rows, without the header.
    pub rows: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { columns: 10_000, rows: 50_000_000 }
    }
}

/// A file as columns.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    /// How it was written.
    pub dialect: Dialect,
    /// The columns' names.
    pub names: Vec<String>,
    /// The columns, each as long as the others.
    pub columns: Vec<Column>,
    /// Rows, without the header.
    pub rows: usize,
    /// Cells that are not what their column is, and count as missing: the first of each column.
    pub misfits: Vec<Misfit>,
    /// Of columns that are text because words stand between numbers: the first word.
    pub words: Vec<Misfit>,
}

impl Table {
    /// The column of a name.
    pub fn column(&self, name: &str) -> Result<&Column, DatasetError> {
        let place = self.names.iter().position(|known| known == name);
        let column = place.and_then(|place| self.columns.get(place));
        column.ok_or_else(|| DatasetError::NoColumn(name.to_owned()))
    }
}

/// Reads a file. It is opened twice, and once more for each time that a column turns out to be wider than
/// its first rows said: numbers that are text after all. `progress` hears how many bytes of the text
/// have passed in this reading.
pub fn read<R: Read>(
    mut open: impl FnMut() -> io::Result<R>,
    limits: &Limits,
    mut progress: impl FnMut(u64),
) -> Result<Table, DatasetError> {
    let (bytes, whole) = sample(&mut open)?;
    let mut encoding = Encoding::guess(&bytes)?;
    loop {
        let (sample, _, _) = encoding.charset().decode(&bytes);
        let (dialect, mut kinds) = dialect::guess(&sample, encoding, whole)?;
        if kinds.len() > limits.columns {
            return Err(DatasetError::TooMany { what: "columns", limit: limits.columns });
        }
        let outcome = loop {
            match pass(open()?, dialect, &kinds, limits, &mut progress)? {
                Pass::Done(table) => break Some(table),
                Pass::Wider(wider) => kinds = wider,
                Pass::NotUtf8 => break None,
            }
        };
        match outcome {
            Some(table) => return Ok(table),
            // The beginning was; what comes later decides.
            None => encoding = Encoding::Windows1252,
        }
    }
}

/// The beginning of a file, with at least two whole lines where there are any; whether it is all of it.
fn sample<R: Read>(
    open: &mut impl FnMut() -> io::Result<R>,
) -> Result<(Vec<u8>, bool), DatasetError> {
    let mut wanted = SAMPLE_BYTES;
    loop {
        let mut bytes = Vec::new();
        open()?.take(wanted).read_to_end(&mut bytes)?;
        let whole = (bytes.len() as u64) < wanted;
        let lines = bytes.iter().filter(|byte| **byte == b'\n').take(3).count();
        if whole || lines == 3 {
            return Ok((bytes, whole));
        }
        if wanted >= SAMPLE_BYTES_MAX {
            let megabytes = usize::try_from(SAMPLE_BYTES_MAX / (1024 * 1024)).unwrap_or_default();
            return Err(DatasetError::TooMany { what: "MiB in a row", limit: megabytes / 2 });
        }
        wanted *= 8;
    }
}

enum Pass {
    Done(Table),
    Wider(Vec<Kind>),
    NotUtf8,
}

fn pass(
    file: impl Read,
    dialect: Dialect,
    kinds: &[Kind],
    limits: &Limits,
    progress: &mut impl FnMut(u64),
) -> Result<Pass, DatasetError> {
    let mut reader = reader_of(file, dialect);
    let names = names_in(&mut reader, dialect, kinds.len())?;
    let builder = |(name, kind): (&String, &Kind)| ColumnBuilder::new(name, *kind, dialect.decimal);
    let mut builders: Vec<ColumnBuilder> = names.iter().zip(kinds).map(builder).collect();
    let mut record = StringRecord::new();
    let mut rows = 0;
    while reader.read_record(&mut record)? {
        let row = record.position().map_or(0, csv::Position::line);
        if record.as_slice().contains('\0') {
            let place = record.iter().position(|cell| cell.contains('\0')).unwrap_or_default();
            let column = names.get(place).cloned().unwrap_or_default();
            return Err(DatasetError::Nul { row, column });
        }
        if dialect.encoding == Encoding::Utf8 && record.as_slice().contains('\u{FFFD}') {
            return Ok(Pass::NotUtf8);
        }
        if rows == limits.rows {
            return Err(DatasetError::TooMany { what: "rows", limit: limits.rows });
        }
        for (builder, cell) in builders.iter_mut().zip(&record) {
            builder.push(cell, row);
        }
        rows += 1;
        if rows % REPORT_ROWS == 0 {
            progress(record.position().map_or(0, csv::Position::byte));
        }
    }
    if rows == 0 {
        return Err(DatasetError::HeaderOnly);
    }
    let verdicts: Vec<Kind> = builders.iter().map(ColumnBuilder::verdict).collect();
    if verdicts != kinds {
        return Ok(Pass::Wider(verdicts));
    }
    let (columns, noted): (Vec<_>, Vec<_>) =
        builders.into_iter().map(ColumnBuilder::finish).unzip();
    let (misfits, words): (Vec<_>, Vec<_>) = noted.into_iter().unzip();
    let misfits = misfits.into_iter().flatten().collect();
    let words = words.into_iter().flatten().collect();
    Ok(Pass::Done(Table { dialect, names, columns, rows, misfits, words }))
}

fn reader_of<R: Read>(file: R, dialect: Dialect) -> csv::Reader<impl Read + use<R>> {
    let text = DecodeReaderBytesBuilder::new()
        .encoding(Some(dialect.encoding.charset()))
        .bom_override(true)
        .build(file);
    csv::ReaderBuilder::new()
        .delimiter(u8::try_from(dialect.delimiter).unwrap_or(b','))
        .has_headers(dialect.header)
        .from_reader(text)
}

fn names_in(
    reader: &mut csv::Reader<impl Read>,
    dialect: Dialect,
    columns: usize,
) -> Result<Vec<String>, DatasetError> {
    if !dialect.header {
        return Ok((1..=columns).map(|n| format!("column_{n}")).collect());
    }
    let header: Vec<String> = reader.headers()?.iter().map(|name| name.trim().to_owned()).collect();
    names_of(&header)
}

/// The first rows of a file whose dialect is known: names, and cells as they stand.
pub fn peek(
    file: impl Read,
    dialect: Dialect,
    rows: usize,
    limits: &Limits,
) -> Result<(Vec<String>, Vec<Vec<String>>), DatasetError> {
    let mut reader = reader_of(file, dialect);
    let cells: Vec<Vec<String>> = reader
        .records()
        .take(rows.min(limits.rows))
        .map(|record| Ok(record?.iter().map(str::to_owned).collect()))
        .collect::<Result<_, DatasetError>>()?;
    let columns = cells.first().map_or(0, Vec::len);
    Ok((names_in(&mut reader, dialect, columns)?, cells))
}

/// Names as they stand; one that was left out gets the column's number.
fn names_of(header: &[String]) -> Result<Vec<String>, DatasetError> {
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut names = Vec::with_capacity(header.len());
    for (place, name) in header.iter().enumerate() {
        let name = if name.is_empty() { format!("column_{}", place + 1) } else { name.clone() };
        if let Some(first) = places.insert(name.clone(), place + 1) {
            return Err(DatasetError::SameName { name, first, second: place + 1 });
        }
        names.push(name);
    }
    Ok(names)
}

#[cfg(test)]
mod tests;
