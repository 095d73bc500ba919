use super::*;
use crate::dataset::Decimal;

fn read_text(bytes: &[u8]) -> Result<Table, DatasetError> {
    read(|| Ok(bytes), &Limits::default(), |_| ())
}

fn numbers(table: &Table, name: &str) -> Vec<f64> {
    let Column::Numbers(numbers) = table.column(name).unwrap() else {
        panic!("{name} is no number")
    };
    numbers.clone()
}

fn texts(table: &Table, name: &str) -> Vec<Option<String>> {
    let column = table.column(name).unwrap();
    (0..table.rows).map(|row| column.text(row).map(str::to_owned)).collect()
}

#[test]
fn columns_are_what_their_cells_are() {
    let text =
        b"id,when,colour,open\n1,2026-01-01,red,yes\n2,2026-01-02,,no\n,2026-01-03,blue,yes\n";
    let table = read_text(text).unwrap();
    assert_eq!(table.names, ["id", "when", "colour", "open"]);
    assert_eq!(table.rows, 3);
    assert_eq!(numbers(&table, "id")[..2], [1.0, 2.0]);
    assert!(numbers(&table, "id")[2].is_nan());
    assert!(matches!(table.column("when").unwrap(), Column::Times(times) if times.len() == 3));
    let colours = texts(&table, "colour");
    assert_eq!(colours, [Some("red".to_owned()), None, Some("blue".to_owned())]);
    assert_eq!(table.column("colour").unwrap().missing(), 1);
}

#[test]
fn the_dialect_is_found() {
    let check = |bytes: &[u8], delimiter, decimal| {
        let table = read_text(bytes).unwrap();
        assert_eq!((table.dialect.delimiter, table.dialect.decimal), (delimiter, decimal));
        assert_eq!(numbers(&table, "b"), [1.5, 2.25]);
    };
    check(b"a,b\nx,1.5\ny,2.25\n", ',', Decimal::Point);
    check(b"a;b\nx;1,5\ny;2,25\n", ';', Decimal::Comma);
    check(b"a;b\r\nx;1.5\r\ny;2.25", ';', Decimal::Point);
    check(b"a\tb\nx, and more\t1.5\ny\t2.25\n", '\t', Decimal::Point);
    check(b"a|b\n\"x|1\"|1.5\n\"y\"\"\n2\"|2.25\n", '|', Decimal::Point);
    check(b"\xEF\xBB\xBFa,b\nx,1.5\ny,2.25\n", ',', Decimal::Point);
}

#[test]
fn a_file_without_a_header_gets_names() {
    let table = read_text(b"5.1,3.5,setosa\n4.9,3.0,setosa\n").unwrap();
    assert_eq!(table.names, ["column_1", "column_2", "column_3"]);
    assert_eq!(table.rows, 2);
    assert!(!table.dialect.header);
}

#[test]
fn other_encodings_are_read() {
    let utf16: Vec<u8> =
        "\u{FEFF}ort,n\nKöln,1\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let bare: Vec<u8> = "ort,n\nulm,1\nulm,2\n".encode_utf16().flat_map(u16::to_be_bytes).collect();
    let check = |bytes: &[u8], encoding, first: &str| {
        let table = read_text(bytes).unwrap();
        assert_eq!(table.dialect.encoding, encoding);
        assert_eq!(texts(&table, "ort").first().unwrap().as_deref(), Some(first));
    };
    check(&utf16, Encoding::Utf16Le, "Köln");
    check(&bare, Encoding::Utf16Be, "ulm");
    check(b"ort,n\nK\xF6ln,1\n", Encoding::Windows1252, "Köln");
    // Only after the sample it shows what the file is written in.
    let mut late = b"ort,n\n".to_vec();
    late.extend(b"ulm,1\n".repeat(60_000));
    late.extend(b"K\xF6ln,2\n");
    check(&late, Encoding::Windows1252, "ulm");
}

#[test]
fn numbers_that_are_text_after_all_are_read_as_text() {
    let mut text = b"code\n".to_vec();
    text.extend(b"0101\n".repeat(2_000));
    text.extend(b"A7\n".repeat(200));
    let table = read_text(&text).unwrap();
    let codes = texts(&table, "code");
    assert_eq!((codes[0].as_deref(), codes[2_199].as_deref()), (Some("0101"), Some("A7")));
}

#[test]
fn single_odd_cells_are_told_and_missing() {
    let mut text = b"n\n".to_vec();
    text.extend(b"1\n".repeat(999));
    text.extend(b"oops\n1e999\n");
    text.extend(b"1\n".repeat(999));
    let table = read_text(&text).unwrap();
    let told: Vec<(u64, &str)> =
        table.misfits.iter().map(|it| (it.row, it.text.as_str())).collect();
    assert_eq!(told, [(1_001, "oops"), (1_002, "1e999")]);
    assert_eq!(table.column("n").unwrap().missing(), 2);
}

#[test]
fn what_is_wrong_is_named() {
    let check = |bytes: &[u8], expected: &str| {
        let error = read_text(bytes).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    };
    check(b"", "empty");
    check(b" \n\n", "empty");
    check(b"a,b\n", "no rows");
    check(b"a,b\n1,2\n3\n", "row 3 has 1 cells, the header has 2");
    check(b"a,b,a\n1,2,3\n", "two columns are called \"a\" (columns 1 and 3)");
    check(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "not text");
    let few = Limits { columns: 2, rows: 1 };
    let error = read(|| Ok(&b"a,b,c\n1,2,3\n"[..]), &few, |_| ()).unwrap_err();
    assert!(error.to_string().contains("more than 2 columns"), "{error}");
    let error = read(|| Ok(&b"a,b\n1,2\n3,4\n"[..]), &few, |_| ()).unwrap_err();
    assert!(error.to_string().contains("more than 1 rows"), "{error}");
}

proptest::proptest! {
    #[test]
    fn no_bytes_panic(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..300)) {
        let _any = read_text(&bytes);
    }

    #[test]
    fn numbers_come_back(values in proptest::collection::vec(-1e12..1e12f64, 1..50)) {
        let lines: Vec<String> = values.iter().map(|v| format!("{v},x")).collect();
        let table = read_text(format!("v,w\n{}\n", lines.join("\n")).as_bytes()).unwrap();
        proptest::prop_assert_eq!(numbers(&table, "v"), values);
    }
}
