//! Every request has an id: the one that it came with, or a new one. It is in the answer, in
//! problems and in the log, so that what a person sees can be found there.

use std::sync::atomic::{AtomicU64, Ordering};

use axum::{extract::Request, middleware::Next, response::Response};
use bellwether_signal::Moment;
use http::{HeaderMap, HeaderName, HeaderValue};

/// Where it stands in requests and answers.
const HEADER: HeaderName = HeaderName::from_static("x-request-id");
/// Characters of an id that somebody else chose.
const CHARS: usize = 64;

static NUMBER: AtomicU64 = AtomicU64::new(1);

tokio::task_local! {
    static CURRENT: HeaderValue;
}

/// Names the request.
pub(super) async fn name(clock: fn() -> Moment, request: Request, next: Next) -> Response {
    let id = given(request.headers()).unwrap_or_else(|| fresh(clock));
    let mut response = CURRENT.scope(id.clone(), next.run(request)).await;
    response.headers_mut().insert(HEADER, id);
    response
}

/// The id of the request that is being answered.
pub(crate) fn current() -> Option<String> {
    CURRENT.try_with(|id| id.to_str().ok().map(str::to_owned)).ok().flatten()
}

/// One that a proxy or program chose; what could forge a line of the log is not taken over.
fn given(headers: &HeaderMap) -> Option<HeaderValue> {
    let id = headers.get(HEADER)?;
    let fits = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    let bytes = id.as_bytes();
    ((1..=CHARS).contains(&bytes.len()) && bytes.iter().all(fits)).then(|| id.clone())
}

/// Time and number: unique in this server's log, over restarts too. It protects nothing, so it may
/// be guessed.
fn fresh(clock: fn() -> Moment) -> HeaderValue {
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let id = format!("{:x}-{number:x}", clock().wall.0);
    HeaderValue::try_from(id).expect("hexadecimal digits are visible")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_harmless_ids_are_taken_over() {
        let check = |id: &'static str, taken: bool| {
            let mut headers = HeaderMap::new();
            headers.insert(HEADER, HeaderValue::from_static(id));
            assert_eq!(given(&headers).is_some(), taken, "{id}");
        };
        check("0197b1f0-5a7c-7cc3-98c4", true);
        check("a.b_c", true);
        check("", false);
        check("a b", false);
        check("a\"b", false);
        check("xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", false);
        assert!(given(&HeaderMap::new()).is_none());
    }
}
