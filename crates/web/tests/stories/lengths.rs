//! Whoever sees only how long a vote's requests and answers are learns nothing of the choices, nor of the suggestion.

use std::collections::{BTreeMap, BTreeSet};

use axum::{
    body::Body,
    http::{HeaderMap, Request, StatusCode, header},
};
use http_body_util::BodyExt;
use jianjia_demo::testing::polling::{self, Booth};
use jianjia_web::Site;
use tower::ServiceExt;

use crate::site;

/// Every answer to every object of a slip with four objects, blanks included: as radio buttons send them.
fn patterns() -> Vec<[char; 4]> {
    let marks = ['0', '1', '2', '-'];
    (0..256)
        .map(|number: usize| [0, 2, 4, 6].map(|shift| marks[number >> shift & 3]))
        .collect()
}

/// What people may write: nothing, little, the most of Chinese, of signs that a page escapes, of lines, and what is trimmed.
fn suggestions() -> Vec<String> {
    vec![
        String::new(),
        "a".to_owned(),
        "食堂早点再早一点，谢谢。".to_owned(),
        "好".repeat(100),
        "\"".repeat(300),
        "&<>'\"".repeat(60),
        "😀".repeat(75),
        "a\r\n".repeat(99) + "b",
        "  两边有空  ".to_owned(),
        "100%+1 = ~*-._".to_owned(),
    ]
}

/// The bytes that go over a connection, besides what does not depend on the vote.
type Lengths = BTreeMap<&'static str, BTreeSet<usize>>;

struct Voter<'a> {
    web: &'a Site,
    language: &'a str,
    lengths: Lengths,
}

impl Voter<'_> {
    /// Sends a form as a browser does; gives status, headers and page, and notes how long request and answer are.
    async fn send(
        &mut self,
        step: [&'static str; 2],
        path: &str,
        fields: &[(String, String)],
    ) -> (StatusCode, HeaderMap, String) {
        let form = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        let request = Request::post(path)
            .header(header::HOST, "jianjia.test")
            .header(header::COOKIE, format!("lang={}", self.language))
            .header(header::ACCEPT_ENCODING, "gzip, deflate, br")
            .header(header::ORIGIN, "null")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::CONTENT_LENGTH, form.len());
        let sent = length_of(request.headers_ref().unwrap()) + path.len() + form.len();
        let request = request.body(Body::from(form)).unwrap();
        let (parts, body) = self
            .web
            .clone()
            .oneshot(request)
            .await
            .unwrap()
            .into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        let got = length_of(&parts.headers) + body.len();
        self.lengths.entry(step[0]).or_default().insert(sent);
        self.lengths.entry(step[1]).or_default().insert(got);
        let page = String::from_utf8(body.to_vec()).expect("a page that is not compressed");
        (parts.status, parts.headers, page)
    }
}

fn length_of(headers: &HeaderMap) -> usize {
    let lines = headers.iter();
    lines
        .map(|(name, value)| name.as_str().len() + value.len() + 4)
        .sum()
}

/// The fields of a page's form, as a browser without scripts sends them: hidden ones, the chosen radio buttons, the text.
fn fields(page: &str) -> Vec<(String, String)> {
    let form = page.split_once("<form").expect("a form").1;
    let form = form.split_once("</form>").expect("its end").0;
    let attribute = |tag: &str, name: &str| {
        let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
        Some(unescaped(rest.split('"').next()?))
    };
    let mut fields = Vec::new();
    for piece in form.split('<').skip(1) {
        let (tag, text) = piece.split_once('>').expect("a tag ends");
        let Some(name) = attribute(tag, "name") else {
            continue;
        };
        let is_radio = attribute(tag, "type").as_deref() == Some("radio");
        if tag.starts_with("textarea") {
            fields.push((name, lines(&unescaped(text))));
        } else if tag.starts_with("input") && (!is_radio || tag.ends_with(" checked")) {
            let value = attribute(tag, "value").unwrap_or_default();
            fields.push((name, lines(&value)));
        }
    }
    fields
}

/// Browsers send every end of a line as two characters.
fn lines(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\n', "\r\n")
}

fn unescaped(text: &str) -> String {
    text.replace("&#34;", "\"")
        .replace("&#39;", "'")
        .replace("&#60;", "<")
        .replace("&#62;", ">")
        .replace("&#38;", "&")
}

/// What `voting.js` does when the paper is sent.
fn fill(fields: &mut [(String, String)]) {
    let length = |text: &str| -> usize {
        form_urlencoded::byte_serialize(text.as_bytes())
            .map(str::len)
            .sum()
    };
    let words: usize = fields
        .iter()
        .filter(|(name, _)| name == "suggestion")
        .map(|(_, words)| length(words))
        .sum();
    let filler = fields
        .iter_mut()
        .find(|(name, _)| name == "filler")
        .expect("a filler");
    filler.1 = "0".repeat(900 - words);
}

fn set(fields: &mut [(String, String)], name: &str, value: &str) {
    let field = fields.iter_mut().find(|(field, _)| field == name);
    value.clone_into(&mut field.expect("the field is there whatever is chosen").1);
}

/// Votes as a browser does: the paper, the last look, back, the last look again, and cast.
async fn vote(
    voter: &mut Voter<'_>,
    start: &[(String, String)],
    pattern: [char; 4],
    words: &str,
    has_script: bool,
) -> StatusCode {
    let (_, _, paper) = voter.send(["code", "paper"], "/v", start).await;
    let mut filled = fields(&paper);
    for (object, mark) in pattern.into_iter().enumerate() {
        set(&mut filled, &format!("object{object}"), &mark.to_string());
    }
    set(&mut filled, "suggestion", &lines(words));
    if has_script {
        fill(&mut filled);
    }
    if has_script {
        switch(voter, &filled, pattern).await;
    }
    let step = if has_script {
        "chosen"
    } else {
        "chosen without script"
    };
    let (_, _, look) = voter.send([step, "look"], "/v/confirm", &filled).await;
    let confirmed = fields(&look);
    let (_, _, again) = voter.send(["back", "paper again"], "/v", &confirmed).await;
    let marks: Vec<String> = fields(&again)
        .into_iter()
        .filter(|(name, _)| name.starts_with("object"))
        .map(|(_, mark)| mark)
        .collect();
    assert_eq!(
        marks,
        pattern.map(String::from),
        "what was chosen comes back"
    );
    let (status, headers, _) = voter
        .send(["cast", "thanks or why not"], "/v/cast", &confirmed)
        .await;
    assert!(!headers.contains_key(header::SET_COOKIE));
    status
}

/// Asks for large type with the paper filled in: the choices come back, and the cookie says nothing of them.
async fn switch(voter: &mut Voter<'_>, filled: &[(String, String)], pattern: [char; 4]) {
    let mut switched = filled.to_vec();
    switched.push(("type".to_owned(), "large".to_owned()));
    let (status, headers, page) = voter.send(["switch", "switched"], "/v", &switched).await;
    assert_eq!(status, StatusCode::OK);
    assert!(page.contains("class=\"large\""), "large type at once");
    let cookie = headers[header::SET_COOKIE].to_str().unwrap();
    assert!(cookie.starts_with("type=large;"), "{cookie}");
    let marks: Vec<String> = fields(&page)
        .into_iter()
        .filter(|(name, _)| name.starts_with("object"))
        .map(|(_, mark)| mark)
        .collect();
    assert_eq!(marks, pattern.map(String::from), "what was chosen stays");
}

fn start(booth: &Booth, code: &str, is_at_kiosk: bool) -> Vec<(String, String)> {
    let kiosk = if is_at_kiosk {
        booth.poll.to_string()
    } else {
        String::new()
    };
    vec![
        ("kiosk".to_owned(), kiosk),
        ("code".to_owned(), code.to_owned()),
    ]
}

/// Every step has one length.
fn are_level(voter: &Voter<'_>, said: &str) {
    for (step, lengths) in &voter.lengths {
        assert_eq!(
            lengths.len(),
            1,
            "{said}: {step} has the lengths {lengths:?}"
        );
    }
}

#[tokio::test]
async fn no_length_tells_what_was_chosen_or_suggested() {
    let site = site::both().await.remove(0);
    let patterns = patterns();
    let booth = polling::booths(&site.app, 1, 4 * patterns.len() + 4)
        .await
        .unwrap()
        .remove(0);
    let mut codes = booth.codes.iter();
    let words = suggestions();
    for language in ["zh", "en"] {
        for is_at_kiosk in [false, true] {
            let web = &site.web;
            let mut kept = Voter {
                web,
                language,
                lengths: Lengths::new(),
            };
            for (place, pattern) in patterns.iter().enumerate() {
                let start = start(&booth, codes.next().unwrap(), is_at_kiosk);
                let words = &words[place % words.len()];
                let status = vote(&mut kept, &start, *pattern, words, true).await;
                assert_eq!(status, StatusCode::SEE_OTHER);
            }
            are_level(&kept, &format!("{language}, kept"));
            // Refused, as somebody else has used the slip meanwhile: told alike whatever was chosen.
            let mut refused = Voter {
                web,
                language,
                lengths: Lengths::new(),
            };
            let code = codes.next().unwrap();
            let begin = start(&booth, code, is_at_kiosk);
            let (_, _, paper) = refused.send(["code", "paper"], "/v", &begin).await;
            vote(
                &mut Voter {
                    web,
                    language,
                    lengths: Lengths::new(),
                },
                &begin,
                ['0'; 4],
                "",
                true,
            )
            .await;
            for (place, pattern) in patterns.iter().enumerate() {
                let mut fields = fields(&paper);
                for (object, mark) in pattern.iter().enumerate() {
                    set(&mut fields, &format!("object{object}"), &mark.to_string());
                }
                set(
                    &mut fields,
                    "suggestion",
                    &lines(&words[place % words.len()]),
                );
                fill(&mut fields);
                for (path, told) in [("/v/confirm", "told early"), ("/v/cast", "told late")] {
                    let (status, _, _) = refused.send(["late", told], path, &fields).await;
                    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
                }
                refused.lengths.remove("late");
            }
            are_level(&refused, &format!("{language}, refused"));
        }
    }
}

/// Without scripts the first form is as long as what is written; the choices are hidden all the same.
#[tokio::test]
async fn without_scripts_no_length_tells_the_choices() {
    let site = site::both().await.remove(0);
    let booth = polling::booths(&site.app, 1, 256).await.unwrap().remove(0);
    let mut voter = Voter {
        web: &site.web,
        language: "zh",
        lengths: Lengths::new(),
    };
    for (pattern, code) in patterns().into_iter().zip(&booth.codes) {
        let start = start(&booth, code, false);
        vote(&mut voter, &start, pattern, "食堂早点再早一点", false).await;
    }
    are_level(&voter, "without scripts");
}
