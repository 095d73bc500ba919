//! The embedded page: every file in the forms that the build made.

use axum::{
    body::Body,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderValue, StatusCode, header};

use crate::problem::{Kind, Problem};

include!(concat!(env!("OUT_DIR"), "/embedded.rs"));

/// One file of the page.
struct Embedded {
    path: &'static str,
    plain: &'static [u8],
    brotli: Option<&'static [u8]>,
    gzip: Option<&'static [u8]>,
}

const INDEX: &str = "index.html";

const NOT_BUILT: &str = "<!doctype html><meta charset=utf-8><title>Bellwether</title>\
    <h1>The page is not built</h1><p>Run <code>make web</code>, then build the program again. \
    The interfaces under <code>/api</code> work without it.</p>";

/// Answers with a file; what is no file and looks like a page is the application, which knows its
/// own addresses.
pub(crate) fn serve(path: &str, headers: &HeaderMap) -> Response {
    let name = path.trim_start_matches('/');
    if let Some(file) = find(name) {
        return answer(file, headers);
    }
    let last = name.rsplit('/').next().unwrap_or_default();
    if last.contains('.') || name.starts_with("assets/") {
        return Problem::new(Kind::NotFound, "There is no such file.").into_response();
    }
    index(headers)
}

/// The application itself.
pub(crate) fn index(headers: &HeaderMap) -> Response {
    match find(INDEX) {
        Some(file) => answer(file, headers),
        None => (StatusCode::OK, [(header::CONTENT_TYPE, "text/html; charset=utf-8")], NOT_BUILT)
            .into_response(),
    }
}

fn find(name: &str) -> Option<&'static Embedded> {
    FILES.binary_search_by(|file| file.path.cmp(name)).ok().and_then(|index| FILES.get(index))
}

fn answer(file: &Embedded, headers: &HeaderMap) -> Response {
    let (coding, bytes) = match (file.brotli, file.gzip) {
        (Some(bytes), _) if accepts(headers, "br") => (Some("br"), bytes),
        (_, Some(bytes)) if accepts(headers, "gzip") => (Some("gzip"), bytes),
        _ => (None, file.plain),
    };
    let mut response = Response::new(Body::from(bytes));
    let answer = response.headers_mut();
    answer.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type(file.path)));
    answer.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if let Some(coding) = coding {
        answer.insert(header::CONTENT_ENCODING, HeaderValue::from_static(coding));
    }
    // Names under assets/ hold a hash of the content; all others may change with the next version.
    let caching = if file.path.starts_with("assets/") {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    answer.insert(header::CACHE_CONTROL, HeaderValue::from_static(caching));
    response
}

/// Whether a coding is listed and not refused by `q=0` (RFC 9110, section 12.5.3).
fn accepts(headers: &HeaderMap, coding: &str) -> bool {
    let lists = headers.get_all(header::ACCEPT_ENCODING).into_iter();
    lists.filter_map(|list| list.to_str().ok()).flat_map(|list| list.split(',')).any(|item| {
        let (name, weight) = item.split_once(';').unwrap_or((item, ""));
        let refused = matches!(weight.trim(), "q=0" | "q=0.0" | "q=0.00" | "q=0.000");
        name.trim().eq_ignore_ascii_case(coding) && !refused
    })
}

fn media_type(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "json" => "application/json",
        "webmanifest" => "application/manifest+json",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codings_are_read_as_the_rfc_says() {
        let check = |list: &'static str, coding: &str, expected: bool| {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static(list));
            assert_eq!(accepts(&headers, coding), expected, "{list}");
        };
        check("gzip, deflate, br", "br", true);
        check("gzip;q=1.0, br;q=0", "br", false);
        check("GZIP", "gzip", true);
        check("brotli", "br", false);
    }

    #[test]
    fn files_are_not_pages() {
        let headers = HeaderMap::new();
        assert_eq!(serve("/assets/gone.js", &headers).status(), StatusCode::NOT_FOUND);
        assert_eq!(serve("/gone.png", &headers).status(), StatusCode::NOT_FOUND);
        assert_eq!(serve("/hosts/web-1/overview", &headers).status(), StatusCode::OK);
    }
}
