//! The list of tokens as a table for people.

use std::fmt::Write as _;

use bellwether_signal::{
    Timestamp,
    answer::{TokenEntry, TokenUse},
};

use super::lifetime::from_now;

const HEAD: [&str; 7] = ["ID", "KIND", "NAME", "ROLE", "MADE", "ENDS", "LAST USED"];

/// Columns as wide as what is in them; newest last, where the eye is.
pub(super) fn table(tokens: &[TokenEntry], now: Timestamp) -> String {
    if tokens.is_empty() {
        return "There are no tokens; 'bellwether token create --role viewer' makes one."
            .to_owned();
    }
    let mut rows = vec![HEAD.map(str::to_owned)];
    rows.extend(tokens.iter().map(|token| row(token, now)));
    let width = |column: usize| {
        rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max()
    };
    let widths: Vec<usize> = (0..HEAD.len()).filter_map(width).collect();
    let mut text = String::new();
    for row in &rows {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(&widths) {
            write!(line, "{cell:width$}  ").expect("a String takes everything");
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text.truncate(text.trim_end().len());
    text
}

fn row(token: &TokenEntry, now: Timestamp) -> [String; 7] {
    let kind = match token.kind {
        TokenUse::Api => "token",
        TokenUse::Session => "session",
        TokenUse::Link => "link",
    };
    let ends = match (token.revoked_at, token.expires_at) {
        (Some(at), _) if token.kind == TokenUse::Link => format!("used {}", from_now(at, now)),
        (Some(at), _) => format!("revoked {}", from_now(at, now)),
        (None, Some(at)) if at <= now => format!("expired {}", from_now(at, now)),
        (None, Some(at)) => from_now(at, now),
        (None, None) => "never".to_owned(),
    };
    let used = token.last_used_at.map_or_else(|| "never".to_owned(), |at| from_now(at, now));
    [
        token.id.clone(),
        kind.to_owned(),
        token.name.clone(),
        token.role.name().to_owned(),
        from_now(token.created_at, now),
        ends,
        used,
    ]
}

#[cfg(test)]
mod tests {
    use bellwether_signal::Role;

    use super::*;

    #[test]
    fn columns_line_up() {
        let token = |name: &str, expires_at| TokenEntry {
            id: "7".into(),
            kind: TokenUse::Api,
            name: name.into(),
            role: Role::Viewer,
            created_at: Timestamp(0),
            expires_at,
            last_used_at: None,
            revoked_at: None,
            current: false,
        };
        let now = Timestamp(7_200_000);
        let text = table(&[token("a", None), token("größer", Some(Timestamp(1)))], now);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(
            lines[0],
            "ID  KIND   NAME    ROLE    MADE         ENDS                 LAST USED"
        );
        assert_eq!(lines[1], "7   token  a       viewer  2 hours ago  never                never");
        assert_eq!(lines[2], "7   token  größer  viewer  2 hours ago  expired 2 hours ago  never");
    }
}
