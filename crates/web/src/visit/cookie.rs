//! The names of cookies. Over https they carry the prefix `__Host-`: browsers then take them from this very host alone, for the whole of it, over
//! https, so that a neighbouring host or a page in the clear can't put its own in their place.

use axum::http::{HeaderMap, HeaderValue, header};
use axum_extra::extract::CookieJar;

use crate::visit::Serving;

const PREFIX: &str = "__Host-";

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

    pub fn get(&self, name: &str) -> Option<String> {
        let cookie = if self.prefix.is_empty() {
            self.jar.get(name)
        } else {
            self.jar.get(&format!("{}{name}", self.prefix))
        };
        cookie.map(|cookie| cookie.value().to_owned())
    }
}

/// Gives the cookies of an answer over https their prefix, and what it asks for. All of ours are for the whole host (`Path=/`, no domain).
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
