//! The cookies: read from requests, written for answers. Over https their names carry the prefix `__Host-`: browsers then accept them only from
//! this very host, for the whole of it, over https, so that neither a neighbouring host nor a page sent in the clear can replace them.
//!
//! Requests are parsed by the `cookie` crate, which also decodes `%XX` in values. Answers are written here: the crate writes `Path` behind
//! `SameSite`, and the headers that browsers and proxies have seen so far keep their bytes.

use axum::http::{HeaderMap, HeaderValue, header};
use axum_extra::extract::CookieJar;
use jianjia_domain::office::{account::KNOWN_DAYS, provider::ATTEMPT};

use crate::visit::{Serving, percent_encoded};

const PREFIX: &str = "__Host-";

/// Tokens of sessions and of anonymous visits: 32 random bytes in hex.
const TOKEN_LENGTH: usize = 64;

const DAY: i64 = 24 * 60 * 60;

/// The cookies of a request, by our names.
pub struct Cookies {
    jar: CookieJar,
    prefix: &'static str,
}

impl Cookies {
    pub fn of(serving: Serving, headers: &HeaderMap) -> Cookies {
        Cookies {
            jar: CookieJar::from_headers(headers),
            prefix: if serving.https { PREFIX } else { "" },
        }
    }

    pub fn get(&self, name: &str) -> Option<&str> {
        let cookie = if self.prefix.is_empty() {
            self.jar.get(name)
        } else {
            self.jar.get(&format!("{}{name}", self.prefix))
        };
        cookie.map(|cookie| cookie.value())
    }

    /// The cookie of a token, unless its value can't be one.
    pub fn token(&self, name: &str) -> Option<&str> {
        self.get(name).filter(|token| token.len() == TOKEN_LENGTH)
    }
}

/// The session's cookie. It lives as long as the browser; the database ends it sooner.
pub fn session_cookie(token: &str) -> HeaderValue {
    set_cookie("session", token, None)
}

pub fn ended_session_cookie() -> HeaderValue {
    set_cookie("session", "", Some(0))
}

/// The cookie of an anonymous visit, from which the token of its forms is derived.
pub fn visit_cookie(token: &str) -> HeaderValue {
    set_cookie("visit", token, None)
}

/// The cookie by which a browser is known again: see `sessions::Browser`.
pub fn known_cookie(known: &str) -> HeaderValue {
    set_cookie("known", known, Some(KNOWN_DAYS * DAY))
}

/// A cookie that says once what was done.
pub fn notice_cookie(notice: &str) -> HeaderValue {
    set_cookie("notice", &percent_encoded(notice), Some(60))
}

pub fn shown_notice_cookie() -> HeaderValue {
    set_cookie("notice", "", Some(0))
}

/// The cookie of a way to the identity provider and back. It comes back with a link from there, so it is no stricter than `Lax`.
pub fn attempt_cookie(kept: &str) -> HeaderValue {
    set_cookie("attempt", kept, Some(ATTEMPT.as_secs()))
}

pub fn ended_attempt_cookie() -> HeaderValue {
    set_cookie("attempt", "", Some(0))
}

/// A preference, remembered for a year.
pub fn preference_cookie(name: &'static str, value: &'static str) -> HeaderValue {
    set_cookie(name, value, Some(365 * DAY))
}

/// A cookie for the whole host; without `max_age` (in seconds) it lives as long as the browser.
fn set_cookie(name: &str, value: &str, max_age: Option<i64>) -> HeaderValue {
    let max_age = max_age.map_or_else(String::new, |seconds| format!("; Max-Age={seconds}"));
    let cookie = format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax{max_age}");
    HeaderValue::from_str(&cookie).unwrap_or_else(|_| HeaderValue::from_static(""))
}

/// Gives the cookies of an answer over https their prefix, and `Secure`, which the prefix asks for as it does for `Path=/` and no domain.
pub fn keep_to_host(headers: &mut HeaderMap) {
    let cookies: Vec<HeaderValue> = headers
        .get_all(header::SET_COOKIE)
        .iter()
        .filter_map(|cookie| {
            HeaderValue::from_str(&format!("{PREFIX}{}; Secure", cookie.to_str().ok()?)).ok()
        })
        .collect();
    headers.remove(header::SET_COOKIE);
    for cookie in cookies {
        headers.append(header::SET_COOKIE, cookie);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cookies_are_written_as_browsers_have_them() {
        let all = [
            session_cookie("5e"),
            ended_session_cookie(),
            visit_cookie("a1"),
            known_cookie("4b"),
            notice_cookie("已保存；a=1/2"),
            shown_notice_cookie(),
            attempt_cookie("a+/"),
            ended_attempt_cookie(),
            preference_cookie("lang", "en"),
        ];
        assert_eq!(
            all,
            [
                "session=5e; Path=/; HttpOnly; SameSite=Lax",
                "session=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0",
                "visit=a1; Path=/; HttpOnly; SameSite=Lax",
                "known=4b; Path=/; HttpOnly; SameSite=Lax; Max-Age=15552000",
                "notice=%E5%B7%B2%E4%BF%9D%E5%AD%98%EF%BC%9Ba%3D1/2; Path=/; HttpOnly; SameSite=Lax; Max-Age=60",
                "notice=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0",
                "attempt=a+/; Path=/; HttpOnly; SameSite=Lax; Max-Age=600",
                "attempt=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0",
                "lang=en; Path=/; HttpOnly; SameSite=Lax; Max-Age=31536000",
            ]
        );
    }

    #[test]
    fn a_notice_is_read_as_it_was_written() {
        for notice in ["已保存", "100% %41; a=\"b\"\r\n+ /~", ""] {
            let written = notice_cookie(notice);
            let (pair, _) = written.to_str().unwrap().split_once(';').unwrap();
            let mut headers = HeaderMap::new();
            headers.insert(header::COOKIE, HeaderValue::from_str(pair).unwrap());
            let cookies = Cookies::of(Serving::default(), &headers);
            assert_eq!(cookies.get("notice"), Some(notice));
        }
    }
}
