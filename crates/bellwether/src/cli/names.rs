//! Host names and origins as `--allow-host` and `--allow-origin` take them: what can never match is
//! refused at start, not silently at every request.

/// A host name or address, without scheme, port or path.
pub(super) fn host(text: &str) -> Result<String, String> {
    let address = text.trim_start_matches('[').trim_end_matches(']');
    if address.parse::<std::net::IpAddr>().is_ok() {
        return Ok(address.to_owned());
    }
    if text.contains('*') {
        return Err("names are matched whole: repeat --allow-host for each".to_owned());
    }
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_');
    if text.is_empty() || !text.chars().all(fits) {
        return Err(
            "it has to be a host name alone, such as bell.example: no scheme, port or path"
                .to_owned(),
        );
    }
    Ok(text.to_owned())
}

/// Scheme, host and, where it is not the scheme's own, port (RFC 6454, section 6.2).
pub(super) fn origin(text: &str) -> Result<String, String> {
    if text == "*" || text == "null" {
        return Err(format!(
            "{text} would let every page in with the visitor's rights: name each origin, such as \
             https://dashboard.example"
        ));
    }
    let wanted = "it has to be an origin, such as https://dashboard.example or \
                  http://192.0.2.7:3000";
    let (scheme, rest) = text.split_once("://").ok_or_else(|| wanted.to_owned())?;
    let default_port = match scheme {
        "http" => ":80",
        "https" => ":443",
        _ => return Err(format!("{wanted}; the scheme is http or https")),
    };
    if let Some((host, _)) = rest.split_once('/') {
        return Err(format!("an origin has no path: write {scheme}://{host}"));
    }
    if let Some(host) = rest.strip_suffix(default_port) {
        return Err(format!("browsers leave that port out: write {scheme}://{host}"));
    }
    let fits =
        |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_' | ':' | '[' | ']');
    if rest.is_empty() || !rest.chars().all(fits) {
        return Err(wanted.to_owned());
    }
    Ok(text.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_never_match_is_refused() {
        for good in ["bell.example", "web-1", "192.0.2.7", "2001:db8::1"] {
            assert_eq!(host(good).as_deref(), Ok(good));
        }
        assert_eq!(host("[::1]").as_deref(), Ok("::1"));
        for wrong in ["", "https://bell.example", "bell.example:8420", "bell.example/x", "*.a"] {
            assert!(host(wrong).is_err(), "{wrong}");
        }
        for good in ["https://dash.example", "http://192.0.2.7:3000", "http://[::1]:3000"] {
            assert_eq!(origin(good).as_deref(), Ok(good));
        }
        assert_eq!(origin("https://Dash.example").as_deref(), Ok("https://dash.example"));
        let check = |wrong: &str, part: &str| {
            let told = origin(wrong).expect_err(wrong);
            assert!(told.contains(part), "{wrong}: {told}");
        };
        check("*", "every page");
        check("null", "every page");
        check("dash.example", "such as");
        check("https://dash.example/", "write https://dash.example");
        check("https://dash.example:443", "write https://dash.example");
        check("ftp://dash.example", "http or https");
        check("https://*.example", "such as");
        check("https://", "such as");
    }
}
