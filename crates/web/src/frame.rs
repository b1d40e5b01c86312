//! What every page shows around its content, and how templates write words, days and numbers.

use std::{borrow::Borrow, convert::Infallible, fmt::Display};

use axum::{extract::FromRequestParts, http::request::Parts};
use jianjia_app::core::app::App;
use jianjia_domain::core::{
    day,
    place::UnitKind,
    policy::{Act, Actor, Role, RoleAt},
    refusal::Refusal,
};
use jianjia_standard::{Lang, Text, working_days::Basis};
use jianjia_words::{format, sentence, t};
use jiff::{Timestamp, civil::Date};

use crate::{
    assets,
    help::{self, Help},
    visit::{self, Visit},
};

pub mod layout;
pub mod menu;

/// The most names that a notice tells.
const NAMED_AT_MOST: usize = 3;

/// The page's surroundings: templates hold it as `frame`.
#[derive(Clone, Debug)]
pub struct Frame {
    pub lang: Lang,
    pub large_type: bool,
    pub actor: Option<Actor>,
    /// Goes into every form: `{% call csrf::field(frame) %}{% endcall %}`.
    pub csrf: String,
    pub path: String,
    /// Path and query, for coming back.
    pub address: String,
    pub today: Date,
    /// The year that people work on, the same on every page.
    pub year: i16,
    pub is_demo: bool,
    /// The programme's name, from the standard.
    pub programme: Text,
    /// Whose programme it is, by which document, for which years.
    pub imprint: Text,
    /// What was just done, said once.
    pub notice: Option<Notice>,
    /// Others did something to the account that its owner has not read yet.
    pub has_notices: bool,
    /// Messages that were not read yet.
    pub unread: i64,
    /// What stands at the page's end.
    pub help: Help,
}

/// What was just done, and where it can be seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    pub words: String,
    /// Address and word.
    pub link: Option<(String, String)>,
}

impl Notice {
    /// Words, and each on a line of its own the address of a page of ours and its word.
    fn read(lang: Lang, text: &str) -> Notice {
        let mut lines = text.splitn(3, '\n');
        let words = t(lang, lines.next().unwrap_or_default()).to_owned();
        let link = lines.next().zip(lines.next());
        Notice {
            words,
            link: link
                .filter(|(href, _)| href.starts_with('/') && !href.starts_with("//"))
                .map(|(href, word)| (href.to_owned(), t(lang, word).to_owned())),
        }
    }
}

impl Frame {
    pub fn of(app: &App, visit: &Visit) -> Frame {
        Frame {
            lang: visit.lang,
            large_type: visit.large_type,
            actor: visit.actor.clone(),
            csrf: visit.csrf.clone(),
            path: visit.path.clone(),
            address: visit.address.clone(),
            today: day::day_of(app.now()),
            year: app.year(),
            is_demo: app.is_demo,
            programme: app.in_force().programme.name.clone(),
            imprint: imprint(app),
            notice: visit
                .notice
                .as_deref()
                .map(|notice| Notice::read(visit.lang, notice)),
            // Not before a code of the second factor is given.
            has_notices: visit.has_notices && visit.actor.is_some(),
            unread: visit.unread,
            help: help::of(app, visit),
        }
    }

    /// For what is shown to no visit: a file that a job makes.
    pub fn of_nobody(app: &App, lang: Lang) -> Frame {
        Frame {
            lang,
            large_type: false,
            actor: None,
            csrf: String::new(),
            path: String::new(),
            address: String::new(),
            today: day::day_of(app.now()),
            year: app.year(),
            is_demo: app.is_demo,
            programme: app.in_force().programme.name.clone(),
            imprint: imprint(app),
            notice: None,
            has_notices: false,
            unread: 0,
            help: Help::default(),
        }
    }

    /// The word in the person's language: `frame.t("推荐")`; with a context `frame.t("状态|已提交")`.
    pub fn t<'a>(&self, source: &'a str) -> &'a str {
        t(self.lang, source)
    }

    /// As `t`, for words that live as long as the program.
    pub fn t_fixed(&self, source: &'static str) -> &'static str {
        t(self.lang, source)
    }

    /// The help of the page, in the language that it is shown in.
    pub fn help_words(&self) -> &'static str {
        self.help.words(self.lang)
    }

    pub fn help_clauses(&self) -> Vec<(&str, &str)> {
        self.help.clauses(self.lang).collect()
    }

    /// A sentence with one place to fill: `frame.t1("共 {} 条", total)`.
    pub fn t1(&self, source: &str, first: impl Display) -> String {
        sentence(self.lang, source, &[&first])
    }

    /// A sentence with two places to fill.
    pub fn t2(&self, source: &str, first: impl Display, second: impl Display) -> String {
        sentence(self.lang, source, &[&first, &second])
    }

    /// A sentence with three places to fill.
    pub fn t3(
        &self,
        source: &str,
        first: impl Display,
        second: impl Display,
        third: impl Display,
    ) -> String {
        sentence(self.lang, source, &[&first, &second, &third])
    }

    /// Why something is refused.
    pub fn refusal(&self, refusal: &Refusal) -> String {
        refusal.sentence(self.lang)
    }

    /// A text of the standard.
    pub fn text<'a>(&self, text: &'a Text) -> &'a str {
        text.get(self.lang)
    }

    /// What a kind of unit is called, by its key in the standard.
    pub fn unit_kind<'a>(&self, key: &'a str) -> &'a str {
        UnitKind::from_key(key).map_or(key, |kind| self.t_fixed(kind.word()))
    }

    /// A day: `2016年10月20日`, `20 October 2016`. Takes a `Date` or its text.
    pub fn day(&self, day: impl Display) -> String {
        let text = day.to_string();
        text.parse::<Date>()
            .map_or(text, |date| format::day(self.lang, date))
    }

    /// How certain a day is that was counted by working days; empty where it is.
    pub fn basis(&self, basis: impl Borrow<Basis>) -> &'static str {
        match basis.borrow() {
            Basis::Announced => "",
            Basis::Provisional => self.t("（放假通知还没有公布，按法定节假日推算）"),
            Basis::WeekendsOnly => self.t("（没有这一年的放假安排，只按星期六、星期日推算）"),
        }
    }

    /// An instant in China's time: `2016-10-20 09:30`. Takes a `Timestamp` or its text.
    pub fn minute(&self, at: impl Display) -> String {
        let text = at.to_string();
        text.parse::<Timestamp>().map_or(text, day::local_minute)
    }

    /// The day of an instant in China, short, for tables: `2016-10-20`. Takes a `Timestamp` or its text.
    pub fn date_of(&self, at: impl Display) -> String {
        let text = at.to_string();
        text.parse::<Timestamp>()
            .map_or(text, |at| day::day_of(at).to_string())
    }

    /// A whole number with separators: `12,000`.
    pub fn count(&self, number: impl Display) -> String {
        format::count(&number.to_string())
    }

    /// The first by name of those that an act was done on, for its notice, which tells their number before.
    pub fn first_names(&self, names: impl ExactSizeIterator<Item = String>) -> String {
        let number = names.len();
        let first: Vec<String> = names.take(NAMED_AT_MOST).collect();
        let first = first.join(self.t("、"));
        if number > NAMED_AT_MOST {
            self.t1("{}等", first)
        } else {
            first
        }
    }

    /// The address of an asset.
    pub fn asset(&self, name: &str) -> &'static str {
        assets::address(name)
    }

    /// What the page was asked for, if it is the search's: it stands in the box again.
    pub fn searched(&self) -> String {
        let asked = self.address.split_once('?');
        asked
            .filter(|_| self.path == "/search")
            .and_then(|(_, query)| {
                let mut pairs = form_urlencoded::parse(query.as_bytes());
                pairs.find(|(name, _)| name == "q")
            })
            .map_or_else(String::new, |(_, typed)| typed.into_owned())
    }

    /// Whether somebody of a department is signed in, who finds its list and nothing else.
    pub fn is_department(&self) -> bool {
        self.actor.as_ref().is_some_and(Actor::is_department)
    }

    pub fn is_signed_in(&self) -> bool {
        self.actor.is_some()
    }

    /// Whether the person holds the role anywhere; for pages that decide what to offer.
    pub fn has(&self, role: Role) -> bool {
        self.roles().iter().any(|at| at.role == role)
    }

    /// Whether the person may do the act at a unit; for pages that decide what to offer.
    pub fn may(&self, act: &Act, unit: &jianjia_domain::core::place::UnitPlace) -> bool {
        self.actor
            .as_ref()
            .is_some_and(|actor| jianjia_domain::core::policy::may(actor, *act, unit))
    }

    /// Whether the person may do the act at a unit where they hold a role; for pages that decide what to offer.
    pub fn roles_may(&self, act: Act) -> bool {
        self.roles().iter().any(|at| self.may(&act, &at.unit))
    }

    /// Whether the person sees the inside of a unit, so that its name can be a link.
    pub fn may_see(&self, unit: &jianjia_domain::core::place::UnitPlace) -> bool {
        self.actor
            .as_ref()
            .is_some_and(|actor| jianjia_domain::core::policy::sees(actor, &unit.path))
    }

    /// `zh-CN` or `en`, for the page's `lang`.
    pub fn lang_code(&self) -> &'static str {
        match self.lang {
            Lang::Zh => "zh-CN",
            Lang::En => "en",
        }
    }

    pub fn is_chinese(&self) -> bool {
        self.lang == Lang::Zh
    }

    /// Whether the person reviews other unions.
    pub fn leads(&self) -> bool {
        self.has(Role::Reviewer) || self.has(Role::Approver)
    }

    pub fn roles(&self) -> &[RoleAt] {
        self.actor.as_ref().map_or(&[], |actor| &actor.roles)
    }
}

impl FromRequestParts<App> for Frame {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Frame, Infallible> {
        Ok(visit::of(&parts.extensions).map_or_else(
            || Frame {
                path: parts.uri.path().to_owned(),
                address: parts.uri.path().to_owned(),
                ..Frame::of_nobody(app, Lang::Zh)
            },
            |visit| Frame::of(app, &visit),
        ))
    }
}

fn imprint(app: &App) -> Text {
    let programme = &app.in_force().programme;
    let line = |body: &str| {
        let (document, first, last) = (
            &programme.document_number,
            programme.first_year,
            programme.last_year,
        );
        format!("{body} · {document} · {first}—{last}")
    };
    Text {
        zh: line(&programme.approving_body.zh),
        en: line(&programme.approving_body.en),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(lang: Lang) -> Frame {
        Frame {
            lang,
            large_type: false,
            actor: None,
            csrf: String::new(),
            path: "/honours/7".to_owned(),
            address: "/honours/7".to_owned(),
            today: jiff::civil::date(2016, 10, 20),
            year: 2016,
            is_demo: false,
            programme: Text::default(),
            imprint: Text::default(),
            notice: None,
            has_notices: false,
            unread: 0,
            help: Help::default(),
        }
    }

    #[test]
    fn numbers_days_and_minutes_are_written_for_people() {
        let zh = frame(Lang::Zh);
        assert_eq!(
            [
                zh.count(0),
                zh.count(999),
                zh.count(12_000),
                zh.count(-1_234_567)
            ],
            ["0", "999", "12,000", "−1,234,567"]
        );
        assert_eq!(zh.day(zh.today), "2016年10月20日");
        assert_eq!(frame(Lang::En).day(zh.today), "20 October 2016");
        assert_eq!(zh.minute("2016-10-20T01:30:00Z"), "2016-10-20 09:30");
        assert_eq!(zh.t("状态|已提交"), "已提交");
        assert_eq!(zh.t2("第 {} 页，共 {} 页", 2, 9), "第 2 页，共 9 页");
    }

    #[test]
    fn a_notice_links_to_our_own_pages_only() {
        let link = |text: &str| Notice::read(Lang::Zh, text).link;
        let own = Some(("/reviews?a=1".to_owned(), "打开名单".to_owned()));
        assert_eq!(link("已评定。\n/reviews?a=1\n打开名单"), own);
        for text in [
            "已评定。",
            "a\n//evil.example\nb",
            "a\nhttps://evil.example\nb",
            "a\n/x",
        ] {
            assert_eq!(link(text), None, "{text}");
        }
    }

    #[test]
    fn a_notice_names_the_first_of_many() {
        let names = |frame: &Frame, number: usize| {
            let all = ["甲", "乙", "丙", "丁"].map(str::to_owned);
            frame.first_names(all.into_iter().take(number))
        };
        let (zh, en) = (frame(Lang::Zh), frame(Lang::En));
        assert_eq!([names(&zh, 1), names(&zh, 3)], ["甲", "甲、乙、丙"]);
        assert_eq!(names(&zh, 4), "甲、乙、丙等");
        assert_eq!(names(&en, 4), "甲, 乙, 丙 and others");
    }

    #[test]
    fn the_menu_marks_where_the_page_is() {
        let current: Vec<String> = frame(Lang::Zh)
            .public_menu()
            .into_iter()
            .filter(|item| item.is_current)
            .map(|item| item.href)
            .collect();
        assert_eq!(current, ["/honours"]);
    }
}
