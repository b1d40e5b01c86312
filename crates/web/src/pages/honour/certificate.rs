//! The page that a certificate's code leads to, and what others verify certificates by: the public keys and the status list.

use askama::Template;
use axum::{
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use jianjia_app::{
    core::app::App,
    honour::certificate::{
        self as certificates,
        list::{self, is_unsigned},
        look::{self, Looked, Ours, Standing},
        token::Fault,
    },
};
use jianjia_domain::{
    core::day::day_of,
    honour::{certificate::Status, honour::HonourState},
};
use sha2::{Digest, Sha256};

use crate::{
    frame::Frame,
    page::{PageError, PageResult, page},
    path::Path,
    routes::{Access, Route},
};

mod key;

pub fn routes() -> Vec<Route> {
    let mut routes = vec![
        Route::get("/c/{token}", Access::Public, show),
        Route::get(certificates::KEYS, Access::Public, keys),
        Route::get(certificates::STATUS_LIST, Access::Public, status_list),
    ];
    routes.extend(key::routes());
    routes
}

#[derive(Template)]
#[template(path = "honour/certificate/show.html")]
struct Show {
    frame: Frame,
    looked: Looked,
}

/// What stands on top: its colour, a heading, and sentences.
struct Told {
    class: &'static str,
    heading: &'static str,
    sentences: Vec<String>,
}

impl Show {
    fn ours(&self) -> Option<&Ours> {
        match &self.looked {
            Looked::Ours(ours) => Some(ours),
            Looked::Not(_) => None,
        }
    }

    fn told(&self) -> Told {
        match &self.looked {
            Looked::Not(fault) => self.told_of(*fault),
            Looked::Ours(ours) => self.told_of_ours(ours),
        }
    }

    fn told_of(&self, fault: Fault) -> Told {
        let t = |text| self.frame.t_fixed(text);
        let (heading, sentence) = match fault {
            Fault::NoToken => (
                t("这不是一张证书的二维码"),
                t(
                    "地址不完整，或者不是本平台证书上的二维码。请把证书放平，重新扫一遍；还是这样的，它不是我们发的。",
                ),
            ),
            Fault::Foreign => (
                t("不是本市签发的证书"),
                t(
                    "签名用的密钥不是本市工会的：它可能是别的城市发的，也可能是伪造的。请到证书上写的发证单位核实。",
                ),
            ),
            Fault::Altered => (
                t("签名不符，不能相信"),
                t(
                    "二维码里的内容和签名对不上：有人改动过，或者是伪造的。请不要采信，并告诉我们在哪里看到的。",
                ),
            ),
        };
        Told {
            class: "notice-bad",
            heading,
            sentences: vec![sentence.to_owned()],
        }
    }

    fn told_of_ours(&self, ours: &Ours) -> Told {
        let frame = &self.frame;
        if let Some(compromise) = &ours.key.compromise {
            let on = frame.day(day_of(compromise.declared_at));
            let mut sentences = vec![frame.t1(
                "签这张证书的密钥已于 {} 声明泄露，别人也可能用它签出一样的证书，所以光凭这张证书不能相信。",
                on,
            )];
            if ours.standing.is_some() {
                let what = "称号本身以光荣册上的记录为准，见下面；持有的单位可以要求重新打印证书。";
                sentences.push(frame.t(what).to_owned());
            }
            return Told {
                class: "notice-bad",
                heading: frame.t_fixed("这张证书不再可信"),
                sentences,
            };
        }
        let Some(standing) = &ours.standing else {
            return Told {
                class: "notice-warn",
                heading: frame.t_fixed("签名是真的，登记里没有找到"),
                sentences: vec![
                    frame
                        .t("证书是本市签发的，但现在的登记里没有这个编号的称号。请问发证单位。")
                        .to_owned(),
                ],
            };
        };
        self.told_of_standing(standing)
    }

    fn told_of_standing(&self, standing: &Standing) -> Told {
        let frame = &self.frame;
        let because = standing.because.as_ref();
        let since = because.map_or_else(String::new, |event| frame.day(day_of(event.at)));
        let (class, heading, sentence) = match (standing.status, standing.state) {
            (Status::Invalid, HonourState::Withdrawn) => (
                "notice-bad",
                "这个称号已经收回",
                frame.t1(
                    "证书曾经是真的，但称号已于 {} 随整批收回，不再有效。",
                    since,
                ),
            ),
            (Status::Invalid, _) => (
                "notice-bad",
                "这个称号已经撤销",
                frame.t1("证书曾经是真的，但称号已于 {} 撤销，不再有效。", since),
            ),
            (Status::Suspended, _) => (
                "notice-warn",
                "这个称号正在暂停",
                frame.t1("证书是真的；称号自 {} 起暂停，暂停期间不作数。", since),
            ),
            (Status::Ended, _) => (
                "notice-warn",
                "证书是真的，持有单位有变动",
                self.ended(standing),
            ),
            (Status::Valid, _) => (
                "notice-done",
                "证书是真的，称号有效",
                frame
                    .t("由本市工会签发，没有改动过；称号现在有效。")
                    .to_owned(),
            ),
        };
        let mut sentences = vec![sentence];
        if let Some(event) = because
            && !event.reason.is_empty()
        {
            sentences.push(frame.t1("理由：{}", &event.reason));
        }
        if let Some(name) = &standing.now_called {
            sentences.push(frame.t1("持有单位现在的名称是“{}”。", name));
        }
        Told {
            class,
            heading: frame.t_fixed(heading),
            sentences,
        }
    }

    fn ended(&self, standing: &Standing) -> String {
        let frame = &self.frame;
        let on = standing
            .ended_on
            .map_or_else(String::new, |day| frame.day(day));
        match &standing.successor {
            Some(successor) => frame.t2(
                "称号没有撤销；持有单位已于 {} 合并，由“{}”承接。",
                on,
                &successor.name,
            ),
            None => frame.t1("称号没有撤销；持有单位已于 {} 撤销，没有承接的单位。", on),
        }
    }
}

/// Always an answer of its own and no failure: some browsers show a page of theirs for those.
async fn show(State(app): State<App>, frame: Frame, Path(token): Path<String>) -> PageResult {
    let looked = look::look(&app, &token).await?;
    page(&Show { frame, looked })
}

/// For how many seconds the keys may be kept. A key that was declared compromised is gone from them as soon as that is over.
const KEYS_KEPT_FOR: i64 = 300;

async fn keys(State(app): State<App>, headers: HeaderMap) -> PageResult {
    let jwks = certificates::key::jwks(&app).await?;
    kept_for(KEYS_KEPT_FOR, "application/jwk-set+json", &headers, &jwks)
}

async fn status_list(State(app): State<App>, headers: HeaderMap) -> PageResult {
    match list::list(&app).await {
        Ok(token) => kept_for(
            list::KEPT_FOR,
            "application/statuslist+jwt",
            &headers,
            &token,
        ),
        Err(error) if is_unsigned(&error) => Err(PageError::NotFound),
        Err(error) => Err(error.into()),
    }
}

/// An answer that caches may keep for so many seconds, and that is not sent again to who has it.
fn kept_for(seconds: i64, kind: &'static str, asked: &HeaderMap, body: &str) -> PageResult {
    let hash = hex::encode(Sha256::digest(body.as_bytes()));
    let tag = format!("\"{}\"", &hash[..32]);
    let has_it = asked
        .get(header::IF_NONE_MATCH)
        .and_then(|tags| tags.to_str().ok())
        .is_some_and(|tags| tags.contains(&tag));
    let mut response: Response = match has_it {
        true => StatusCode::NOT_MODIFIED.into_response(),
        false => ([(header::CONTENT_TYPE, kind)], body.to_owned()).into_response(),
    };
    let value = |text: String| HeaderValue::from_str(&text).map_err(anyhow::Error::from);
    let headers = response.headers_mut();
    headers.insert(header::ETAG, value(tag)?);
    headers.insert(
        header::CACHE_CONTROL,
        value(format!("public, max-age={seconds}"))?,
    );
    // A page of another city's may verify in the browser.
    headers.insert(
        header::ACCESS_CONTROL_ALLOW_ORIGIN,
        HeaderValue::from_static("*"),
    );
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_somebody_has_already_is_not_sent_again() {
        let ask = |headers: &HeaderMap| {
            let answer = kept_for(30, "text/plain", headers, "list");
            answer.expect("an answer")
        };
        let mut headers = HeaderMap::new();
        let whole = ask(&headers);
        assert_eq!(whole.status(), StatusCode::OK);
        let tag = whole.headers()[header::ETAG].clone();
        headers.insert(header::IF_NONE_MATCH, tag.clone());
        let same = ask(&headers);
        assert_eq!(same.status(), StatusCode::NOT_MODIFIED);
        assert_eq!(same.headers()[header::ETAG], tag);
        headers.insert(header::IF_NONE_MATCH, HeaderValue::from_static("\"other\""));
        assert_eq!(ask(&headers).status(), StatusCode::OK);
    }
}
