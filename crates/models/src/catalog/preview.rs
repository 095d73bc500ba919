//! The first rows of a dataset, as its profile understood them.

use std::{fs, io::BufReader};

use serde_json::Value;

use bellwether_signal::dataset::TableFormat;

use super::{Catalog, CatalogError, Dataset};
use crate::dataset::{Decimal, Dialect, Encoding, Limits, peek};

/// The first rows of a table.
#[derive(Clone, Debug, PartialEq)]
pub struct Preview {
    /// The columns' names.
    pub columns: Vec<String>,
    /// The rows, each as long as the others: numbers, texts, and null where nothing stands.
    pub rows: Vec<Vec<Value>>,
}

impl Catalog {
    /// The first rows of a dataset; only they are read.
    pub fn preview(&self, dataset: &Dataset, rows: usize) -> Result<Preview, CatalogError> {
        let dialect = dataset.profile.format.as_ref().and_then(dialect_of);
        let Some(dialect) = dialect else {
            let detail = "it is not known how this dataset is written; upload it again".to_owned();
            return Err(CatalogError::Unusable(detail));
        };
        let file = BufReader::new(fs::File::open(self.file(dataset))?);
        let (columns, cells) = peek(file, dialect, rows, &Limits::default())?;
        let is_number: Vec<bool> = (0..columns.len())
            .map(|place| {
                let profile = dataset.profile.columns.get(&place.to_string());
                profile.is_some_and(|column| column.mean.is_some())
            })
            .collect();
        let typed = |row: Vec<String>| {
            let cells = row.into_iter().zip(&is_number);
            cells.map(|(cell, is_number)| dialect.value(cell.trim(), *is_number)).collect()
        };
        Ok(Preview { columns, rows: cells.into_iter().map(typed).collect() })
    }
}

/// How a file is written, as its profile says it.
fn dialect_of(format: &TableFormat) -> Option<Dialect> {
    Some(Dialect {
        encoding: Encoding::named(&format.encoding)?,
        delimiter: format.delimiter.chars().next()?,
        header: format.header,
        decimal: if format.decimal_comma { Decimal::Comma } else { Decimal::Point },
    })
}
