//! Text messages by a gateway: one request over HTTPS, whose address, headers and body are settings. No redirect is followed.

use std::time::Duration;

use anyhow::{Context, Result};
use bytes::Bytes;
use http_body_util::Full;
use hyper::{Request, StatusCode, Uri, header};
use jianjia_app::core::post::Gateway;
use jianjia_domain::core::post::{Answer, PostFailing};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use tokio::time::timeout;

use crate::{Unreachable, https};

/// How long a gateway may take for one message.
const PATIENCE: Duration = Duration::from_secs(20);

/// The most bytes of its answer that are read.
const ANSWER: usize = 64 * 1024;

/// So much of an answer is kept for those who run the program.
const KEPT: usize = 300;

/// Hands a text message to the gateway. Gives what it said.
///
/// # Errors
/// When it can't be reached, or does not know us.
pub async fn send(
    gateway: &Gateway,
    telephone: &str,
    text: &str,
) -> Result<(Answer, String), Unreachable> {
    let (status, answer) = match timeout(PATIENCE, ask(gateway, telephone, text)).await {
        Ok(Ok(answered)) => answered,
        Ok(Err(error)) => return Err(Unreachable(format!("{error:#}"))),
        Err(_) => return Err(Unreachable("the gateway did not answer in time".to_owned())),
    };
    let said = format!(
        "{status}: {}",
        answer.chars().take(KEPT).collect::<String>()
    );
    let is_taken = gateway.success.is_empty() || answer.contains(&gateway.success);
    Ok(match status {
        status if status.is_success() && is_taken => (Answer::Sent, said),
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN | StatusCode::NOT_FOUND => {
            return Err(Unreachable(said));
        }
        StatusCode::BAD_REQUEST | StatusCode::UNPROCESSABLE_ENTITY => {
            (Answer::Never(PostFailing::Content.told(&said)), said)
        }
        // A gateway may say so that it is busy, or that a number had enough today.
        _ => (Answer::Later(PostFailing::Busy.told(&said)), said),
    })
}

/// Connects to the gateway's host, encrypted as its address asks, and sends nothing.
///
/// # Errors
/// When it can't be reached or its certificate is not trusted.
pub async fn reach(gateway: &Gateway) -> Result<(), Unreachable> {
    let url = filled(&gateway.url, Escape::Address, gateway, "", "");
    soon(async { https::reach(&url.parse()?).await }).await
}

/// Asks an address of ours by GET, and gives what it answers.
///
/// # Errors
/// When it can't be reached or its certificate is not trusted.
pub async fn get(url: &str) -> Result<(StatusCode, String), Unreachable> {
    soon(async {
        let uri: Uri = url.parse()?;
        let authority = uri.authority().context("the address has no host")?;
        let request = Request::get(uri.path())
            .header(header::HOST, authority.as_str())
            .header(header::USER_AGENT, "jianjia")
            .body(Full::default())?;
        Ok(said(https::ask(&uri, request, ANSWER).await?))
    })
    .await
}

async fn soon<T>(asking: impl Future<Output = Result<T>>) -> Result<T, Unreachable> {
    match timeout(PATIENCE, asking).await {
        Ok(asked) => asked.map_err(|error| Unreachable(format!("{error:#}"))),
        Err(_) => Err(Unreachable("there was no answer in time".to_owned())),
    }
}

async fn ask(gateway: &Gateway, telephone: &str, text: &str) -> Result<(StatusCode, String)> {
    let url = filled(&gateway.url, Escape::Address, gateway, telephone, text);
    let uri: Uri = url.parse().context("telephone url")?;
    let request = request(gateway, &uri, telephone, text)?;
    Ok(said(https::ask(&uri, request, ANSWER).await?))
}

/// What it said is for people; that it said too much does not matter.
fn said(answer: https::Answer) -> (StatusCode, String) {
    let body = answer.body.unwrap_or_default();
    (
        answer.parts.status,
        String::from_utf8_lossy(&body).into_owned(),
    )
}

fn request(
    gateway: &Gateway,
    uri: &Uri,
    telephone: &str,
    text: &str,
) -> Result<Request<Full<Bytes>>> {
    let kind = gateway
        .headers
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case("content-type"));
    let kind = kind.map_or("application/json", |(_, kind)| kind.as_str());
    let body = filled(&gateway.body, Escape::of(kind), gateway, telephone, text);
    let authority = uri.authority().context("telephone url has no host")?;
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    let mut request = Request::builder()
        .method(gateway.method.as_str())
        .uri(path)
        .header(header::HOST, authority.as_str())
        .header(header::USER_AGENT, "jianjia");
    if !body.is_empty() {
        request = request.header(header::CONTENT_TYPE, kind);
    }
    for (name, value) in &gateway.headers {
        if !name.eq_ignore_ascii_case("content-type") {
            request = request.header(name, value);
        }
    }
    Ok(request.body(Full::new(Bytes::from(body)))?)
}

/// How a value is written into a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Escape {
    Address,
    Form,
    Json,
    Nothing,
}

impl Escape {
    fn of(kind: &str) -> Escape {
        let kind = kind.to_ascii_lowercase();
        if kind.contains("json") {
            Escape::Json
        } else if kind.contains("x-www-form-urlencoded") {
            Escape::Form
        } else {
            Escape::Nothing
        }
    }

    fn written(self, value: &str) -> String {
        match self {
            Escape::Address => utf8_percent_encode(value, NON_ALPHANUMERIC).to_string(),
            Escape::Form => form_urlencoded::byte_serialize(value.as_bytes()).collect(),
            Escape::Json => {
                let quoted = serde_json::Value::from(value).to_string();
                quoted[1..quoted.len() - 1].to_owned()
            }
            Escape::Nothing => value.to_owned(),
        }
    }
}

/// A template with its places filled, each once: a value that holds a place is not filled again.
fn filled(
    template: &str,
    escape: Escape,
    gateway: &Gateway,
    telephone: &str,
    text: &str,
) -> String {
    let places = [
        ("{telephone}", telephone),
        ("{text}", text),
        ("{signature}", gateway.signature.as_str()),
    ];
    let mut filled = String::with_capacity(template.len() + text.len());
    let mut rest = template;
    while let Some(at) = rest.find('{') {
        filled.push_str(&rest[..at]);
        rest = &rest[at..];
        match places.iter().find(|(place, _)| rest.starts_with(place)) {
            Some((place, value)) => {
                filled.push_str(&escape.written(value));
                rest = &rest[place.len()..];
            }
            None => {
                filled.push('{');
                rest = &rest[1..];
            }
        }
    }
    filled.push_str(rest);
    filled
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_written_as_their_surroundings_ask() {
        let gateway = Gateway {
            url: "https://sms.example/".to_owned(),
            method: "POST".to_owned(),
            headers: Vec::new(),
            body: String::new(),
            signature: "常州\"工会\"".to_owned(),
            success: String::new(),
        };
        for (escape, template, expect) in [
            (
                Escape::Json,
                r#"{"to":"{telephone}","text":"{signature}{text}"}"#,
                r#"{"to":"138","text":"常州\"工会\"a&b{telephone}\n"}"#,
            ),
            (
                Escape::Form,
                "to={telephone}&text={text}",
                "to=138&text=a%26b%7Btelephone%7D%0A",
            ),
            (Escape::Address, "/?t={text}", "/?t=a%26b%7Btelephone%7D%0A"),
            (Escape::Nothing, "{text}{other}", "a&b{telephone}\n{other}"),
        ] {
            let written = filled(template, escape, &gateway, "138", "a&b{telephone}\n");
            assert_eq!(written, expect);
        }
        assert_eq!(Escape::of("application/json; charset=utf-8"), Escape::Json);
    }
}
