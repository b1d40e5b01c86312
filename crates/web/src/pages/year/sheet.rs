//! The year sheet: an overview with the state of every group, and one page a group.

use std::{collections::BTreeMap, str::FromStr};

use askama::Template;
use axum::extract::{Path, Query, State};
use jianjia_app::{
    core::app::App,
    year::sheet::{self as sheets, SayInput, Sheet},
};
use jianjia_domain::{
    core::{
        ids::{PersonId, UnitId},
        policy::{Act, Actor},
    },
    year::{
        sheet::{Fill, Question, SheetGroup},
        statement::{self, Confirm, Said, Source},
    },
};
use jianjia_standard::{
    Standard,
    fact::{Fact, FactKind},
};
use serde::Deserialize;

use crate::{
    form::{Form, Problems, told},
    frame::Frame,
    page::{PageError, PageResult, page, see_other_with, unprocessable},
    routes::{Access, Route},
    session::SignedIn,
};

pub fn routes() -> Vec<Route> {
    const SHEET: &str = "/units/{id}/sheet/{year}";
    const GROUP: &str = "/units/{id}/sheet/{year}/{group}";
    vec![
        Route::get(SHEET, Access::Seen, show),
        Route::post(SHEET, Access::Act(Act::SayFacts), confirm_all),
        Route::get(GROUP, Access::Seen, show_group),
        Route::post(GROUP, Access::Act(Act::SayFacts), say),
    ]
}

/// `?person=`: the sheet of a person of the unit.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct OfPerson {
    pub person: String,
}

impl OfPerson {
    pub fn id(&self) -> Result<Option<PersonId>, PageError> {
        match self.person.as_str() {
            "" => Ok(None),
            id => read_id(id).map(Some),
        }
    }
}

/// Reads an id or a year of an address; what can't be read is not there.
pub fn read_id<T: FromStr>(text: &str) -> Result<T, PageError> {
    text.parse().map_err(|_| PageError::NotFound)
}

/// The address of a sheet or of a page of it.
pub fn address(unit: &UnitId, year: i16, group: &str, person: Option<&PersonId>) -> String {
    let group = if group.is_empty() {
        String::new()
    } else {
        format!("/{group}")
    };
    let person = person.map_or_else(String::new, |person| format!("?person={person}"));
    format!("/units/{unit}/sheet/{year}{group}{person}")
}

/// Where a fact is filled in.
pub fn fact_address(sheet: &Sheet, fact: &Fact) -> String {
    let person = sheet.person.as_ref().map(|person| person.id);
    let page = address(&sheet.unit.id, sheet.year, &fact.group, person.as_ref());
    format!("{page}#{}", fact.key)
}

/// Whose sheet it is, as a heading says it.
pub fn holder(sheet: &Sheet) -> String {
    sheet
        .person
        .as_ref()
        .map_or_else(|| sheet.unit.name.clone(), |person| person.name.clone())
}

#[derive(Template)]
#[template(path = "year/sheet/show.html")]
struct Show {
    frame: Frame,
    sheet: Sheet,
    holder: String,
    home: String,
    aim: Option<String>,
    groups: Vec<GroupRow>,
    offers: Vec<OfferRow>,
    known: Vec<KnownRow>,
    answered: usize,
    asked: usize,
    action: String,
    request_key: String,
    problems: Problems,
}

struct GroupRow {
    name: String,
    href: String,
    answered: usize,
    asked: usize,
    fill: Fill,
    offers: usize,
}

struct OfferRow {
    name: String,
    words: String,
    from_register: bool,
}

/// What the system knows itself, with where it knows it from.
struct KnownRow {
    name: String,
    words: String,
    source: &'static str,
    href: String,
}

async fn show(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path((id, year)): Path<(String, String)>,
    Query(of): Query<OfPerson>,
) -> PageResult {
    let sheet = sheets::read(
        &app,
        &actor,
        &read_id(&id)?,
        of.id()?.as_ref(),
        read_id(&year)?,
    )
    .await?;
    page(&overview(&app, frame, sheet, Problems::none()))
}

async fn confirm_all(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path((id, year)): Path<(String, String)>,
    Query(of): Query<OfPerson>,
    Form(fields): Form<Vec<(String, String)>>,
) -> PageResult {
    let (unit, year, person) = (read_id(&id)?, read_id(&year)?, of.id()?);
    let mut input = input_of(None, &fields);
    input.confirm = Confirm::All;
    let done = sheets::say(&app, &actor, &unit, person.as_ref(), year, &input).await;
    match told(done, &frame)? {
        Ok(_) => see_other_with(
            &address(&unit, year, "", person.as_ref()),
            "去年的答案已经确认，请再看看有没有变化。",
        ),
        Err(problems) => {
            let sheet = sheets::read(&app, &actor, &unit, person.as_ref(), year).await?;
            unprocessable(&overview(&app, frame, sheet, problems))
        }
    }
}

fn overview(app: &App, frame: Frame, sheet: Sheet, problems: Problems) -> Show {
    let standard = app.standards.of(sheet.year);
    let person = sheet.person.as_ref().map(|person| person.id);
    let groups = sheet.groups(standard);
    let rows: Vec<GroupRow> = groups
        .iter()
        .filter(|group| group.due().count() > 0)
        .map(|group| {
            let (answered, asked) = group.count(&sheet.facts);
            GroupRow {
                name: frame.text(&group.group.name).to_owned(),
                href: address(
                    &sheet.unit.id,
                    sheet.year,
                    &group.group.key,
                    person.as_ref(),
                ),
                answered,
                asked,
                fill: group.fill(&sheet.facts),
                offers: sheet.open_offers(group).len(),
            }
        })
        .collect();
    let offers = groups
        .iter()
        .flat_map(|group| sheet.open_offers(group))
        .map(|(fact, offer)| OfferRow {
            name: frame.text(&fact.name).to_owned(),
            words: statement::words(fact, &offer.value, frame.lang),
            from_register: offer.source == Source::Register,
        })
        .collect();
    Show {
        holder: holder(&sheet),
        home: crate::pages::year::home::address(&sheet.unit.id, person.as_ref()),
        aim: sheet
            .aim
            .as_deref()
            .and_then(|key| standard.title(key))
            .map(|title| frame.text(&title.name).to_owned()),
        answered: rows.iter().map(|row| row.answered).sum(),
        asked: rows.iter().map(|row| row.asked).sum(),
        known: known_rows(standard, &frame, &sheet),
        action: address(&sheet.unit.id, sheet.year, "", person.as_ref()),
        request_key: fresh_key(app),
        groups: rows,
        offers,
        problems,
        sheet,
        frame,
    }
}

fn known_rows(standard: &Standard, frame: &Frame, sheet: &Sheet) -> Vec<KnownRow> {
    let unit = format!("/units/{}", sheet.unit.id);
    let mut rows: Vec<KnownRow> = Vec::new();
    for (key, value) in &sheet.known {
        if let Some(fact) = standard.fact(key) {
            rows.push(KnownRow {
                name: frame.text(&fact.name).to_owned(),
                words: statement::words(fact, value, frame.lang),
                source: "换届选举登记",
                href: format!("{unit}/people"),
            });
        }
    }
    let titles: Vec<String> = sheet
        .subject
        .titles
        .iter()
        .filter_map(|held| {
            let title = standard.title(&held.title)?;
            Some(frame.t2("{}（{} 年）", frame.text(&title.name), held.year))
        })
        .collect();
    if !titles.is_empty() {
        rows.push(KnownRow {
            name: frame.t("已有称号").to_owned(),
            words: titles.join(frame.t("、")),
            source: "光荣册",
            href: String::new(),
        });
    }
    if sheet.person.is_none() && !standard.activity_kinds.is_empty() {
        let count = sheet.subject.activities.as_ref().map_or(0, Vec::len);
        rows.push(KnownRow {
            name: frame.t("活动").to_owned(),
            words: frame.t1("最近 15 个月 {} 次", frame.count(count)),
            source: "活动台账",
            href: format!("{unit}/activities"),
        });
    }
    if let Some(below) = &sheet.subject.subordinates {
        let model: u64 = below.holding.values().copied().max().unwrap_or(0);
        rows.push(KnownRow {
            name: frame.t("下属基层工会").to_owned(),
            words: frame.t2(
                "{} 家，其中模范以上 {} 家",
                frame.count(below.unions.unwrap_or(0)),
                frame.count(model),
            ),
            source: "工会名册和光荣册",
            href: String::new(),
        });
    }
    if sheet.person.is_none() {
        rows.push(KnownRow {
            name: frame.t("会员民主测评").to_owned(),
            words: match &sheet.subject.rating {
                Some(counts) => jianjia_standard::explain::worked_sum(standard, counts)
                    .unwrap_or_else(|| frame.t("已登记").to_owned()),
                None => frame.t("还没有结果").to_owned(),
            },
            source: "会员投票",
            href: format!("{unit}/rating/{}", sheet.year),
        });
    }
    rows
}

#[derive(Template)]
#[template(path = "year/sheet/group.html")]
struct GroupPage {
    frame: Frame,
    sheet: Sheet,
    holder: String,
    home: String,
    name: String,
    place: usize,
    groups: usize,
    due: Vec<QuestionView>,
    ahead: Vec<QuestionView>,
    offers: usize,
    overview: String,
    action: String,
    next: Option<String>,
    seen: String,
    request_key: String,
    problems: Problems,
}

/// One question as the page shows it.
struct QuestionView {
    key: String,
    question: String,
    hint: String,
    /// `choice`, `date` or `number`.
    shape: &'static str,
    options: Vec<(String, String)>,
    value: String,
    unit: String,
    offer: Option<String>,
    offer_from_register: bool,
    said: Option<SaidView>,
    /// Earlier answers, newest first.
    history: Vec<SaidView>,
    evidence: Vec<(String, String)>,
    wants_evidence: bool,
    evidence_href: String,
    clauses: String,
    title: String,
}

struct SaidView {
    words: String,
    source: &'static str,
    by: String,
    at: String,
}

async fn show_group(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path((id, year, group)): Path<(String, String, String)>,
    Query(of): Query<OfPerson>,
) -> PageResult {
    let sheet = sheets::read(
        &app,
        &actor,
        &read_id(&id)?,
        of.id()?.as_ref(),
        read_id(&year)?,
    )
    .await?;
    page(&group_page(
        &app,
        frame,
        sheet,
        &group,
        None,
        Problems::none(),
    )?)
}

async fn say(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path((id, year, group)): Path<(String, String, String)>,
    Query(of): Query<OfPerson>,
    Form(fields): Form<Vec<(String, String)>>,
) -> PageResult {
    let (unit, year, person) = (read_id(&id)?, read_id(&year)?, of.id()?);
    let input = input_of(Some(group.clone()), &fields);
    let done = sheets::say(&app, &actor, &unit, person.as_ref(), year, &input).await;
    match told(done, &frame)? {
        Ok(saved) => {
            let to = after(
                &app,
                &actor,
                &unit,
                person.as_ref(),
                year,
                &group,
                &input,
                &fields,
            );
            let notice = if saved == 0 {
                "没有变化，不用保存。"
            } else {
                "已保存。"
            };
            see_other_with(&to.await?, notice)
        }
        Err(problems) => {
            let sheet = sheets::read(&app, &actor, &unit, person.as_ref(), year).await?;
            unprocessable(&group_page(
                &app,
                frame,
                sheet,
                &group,
                Some(&input),
                problems,
            )?)
        }
    }
}

/// Where to go after saving: the next group, the overview, or back to the question that was confirmed.
#[expect(
    clippy::too_many_arguments,
    reason = "the parts of an address, as the handler has them"
)]
async fn after(
    app: &App,
    actor: &Actor,
    unit: &UnitId,
    person: Option<&PersonId>,
    year: i16,
    group: &str,
    input: &SayInput,
    fields: &[(String, String)],
) -> Result<String, PageError> {
    if let Confirm::One(key) = &input.confirm {
        return Ok(format!("{}#{key}", address(unit, year, group, person)));
    }
    let then = value(fields, "then");
    if input.confirm == Confirm::All || then == "stay" {
        return Ok(address(unit, year, group, person));
    }
    let sheet = sheets::read(app, actor, unit, person, year).await?;
    let next = match then {
        "next" => next_group(&sheet.groups(app.standards.of(year)), group),
        _ => None,
    };
    Ok(address(unit, year, next.as_deref().unwrap_or(""), person))
}

fn next_group(groups: &[SheetGroup<'_>], group: &str) -> Option<String> {
    let mut later = groups
        .iter()
        .skip_while(|known| known.group.key != group)
        .skip(1);
    later
        .find(|known| known.due().count() > 0)
        .map(|known| known.group.key.clone())
}

fn group_page(
    app: &App,
    frame: Frame,
    sheet: Sheet,
    key: &str,
    input: Option<&SayInput>,
    problems: Problems,
) -> Result<GroupPage, PageError> {
    let standard = app.standards.of(sheet.year);
    let person = sheet.person.as_ref().map(|person| person.id);
    let groups = sheet.groups(standard);
    let place = groups
        .iter()
        .position(|group| group.group.key == key)
        .ok_or(PageError::NotFound)?;
    let group = &groups[place];
    let typed = input.map_or_else(BTreeMap::new, |input| sheet.typed_again(input));
    let views = |is_ahead: bool| -> Vec<QuestionView> {
        group
            .questions
            .iter()
            .filter(|question| question.is_ahead == is_ahead)
            .map(|question| view(&frame, &sheet, question, &typed))
            .collect()
    };
    let (due, ahead) = (views(false), views(true));
    let number_of = groups.len();
    Ok(GroupPage {
        holder: holder(&sheet),
        home: crate::pages::year::home::address(&sheet.unit.id, person.as_ref()),
        name: frame.text(&group.group.name).to_owned(),
        place: place + 1,
        groups: number_of,
        offers: due
            .iter()
            .filter(|question| question.offer.is_some())
            .count(),
        due,
        ahead,
        overview: address(&sheet.unit.id, sheet.year, "", person.as_ref()),
        action: address(&sheet.unit.id, sheet.year, key, person.as_ref()),
        next: next_group(&groups, key),
        seen: sheet.seen().map_or_else(String::new, |id| id.to_string()),
        // A form that came back is a new one: it has seen what was said in between.
        request_key: fresh_key(app),
        problems,
        sheet,
        frame,
    })
}

fn view(
    frame: &Frame,
    sheet: &Sheet,
    question: &Question<'_>,
    typed: &BTreeMap<String, String>,
) -> QuestionView {
    let fact = question.fact;
    let (shape, options) = match fact.kind {
        FactKind::Truth => (
            "choice",
            vec![
                ("true".to_owned(), frame.t("是").to_owned()),
                ("false".to_owned(), frame.t("否").to_owned()),
                ("unknown".to_owned(), frame.t("还不清楚").to_owned()),
            ],
        ),
        FactKind::Choice => {
            let unit = fact.unit.as_ref().map_or("", |unit| frame.text(unit));
            let mut options: Vec<(String, String)> = fact
                .choices
                .iter()
                .map(|choice| (choice.clone(), format!("{choice} {unit}")))
                .collect();
            options.push(("unknown".to_owned(), frame.t("还不清楚").to_owned()));
            ("choice", options)
        }
        FactKind::Date => ("date", Vec::new()),
        FactKind::Count | FactKind::Money | FactKind::Level => ("number", Vec::new()),
    };
    let mut value = typed
        .get(&fact.key)
        .cloned()
        .unwrap_or_else(|| statement::form_words(sheet.facts.get(&fact.key)));
    if shape != "choice" && value == "unknown" {
        value = String::new();
    }
    let mut history: Vec<SaidView> = sheet
        .history(&fact.key)
        .iter()
        .map(|said| said_view(frame, fact, said))
        .collect();
    let said = if history.is_empty() {
        None
    } else {
        Some(history.remove(0))
    };
    let offer = sheet.offers.get(&fact.key);
    let person = sheet.person.as_ref().map(|person| person.id);
    let target = jianjia_domain::year::evidence::Target::fact(person.as_ref(), &fact.key);
    QuestionView {
        key: fact.key.clone(),
        question: frame.text(&fact.question).to_owned(),
        hint: fact
            .hint
            .as_ref()
            .map_or_else(String::new, |hint| frame.text(hint).to_owned()),
        shape,
        options,
        value,
        unit: fact
            .unit
            .as_ref()
            .map_or_else(String::new, |unit| frame.text(unit).to_owned()),
        offer: offer.map(|offer| statement::words(fact, &offer.value, frame.lang)),
        offer_from_register: offer.is_some_and(|offer| offer.source == Source::Register),
        said,
        history,
        evidence: sheet
            .evidence_of(&fact.key)
            .into_iter()
            .map(|kept| (format!("/evidence/{}", kept.id), kept.name.clone()))
            .collect(),
        wants_evidence: fact.evidence,
        evidence_href: format!(
            "/units/{}/evidence?for={target}&year={}",
            sheet.unit.id, sheet.year
        ),
        clauses: question.clauses.join(frame.t("、")),
        title: frame.text(&question.title.name).to_owned(),
    }
}

fn said_view(frame: &Frame, fact: &Fact, said: &Said) -> SaidView {
    SaidView {
        words: said.known(fact).map_or_else(
            || frame.t("还不清楚").to_owned(),
            |value| statement::words(fact, &value, frame.lang),
        ),
        source: frame.t_fixed(said.source.word()),
        by: said.by.clone(),
        at: frame.minute(said.at),
    }
}

fn input_of(group: Option<String>, fields: &[(String, String)]) -> SayInput {
    let own = ["csrf", "request_key", "seen", "confirm", "then"];
    SayInput {
        group,
        typed: fields
            .iter()
            .filter(|(name, _)| !own.contains(&name.as_str()))
            .cloned()
            .collect(),
        confirm: match value(fields, "confirm") {
            "" => Confirm::None,
            "*" => Confirm::All,
            key => Confirm::One(key.to_owned()),
        },
        seen: value(fields, "seen").parse().ok(),
        request_key: value(fields, "request_key").to_owned(),
    }
}

fn value<'a>(fields: &'a [(String, String)], name: &str) -> &'a str {
    fields
        .iter()
        .find(|(field, _)| field == name)
        .map_or("", |(_, value)| value)
}

/// A key that makes the second submit of one form harmless.
pub fn fresh_key(app: &App) -> String {
    app.entropy.id(app.now()).simple().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_tells_answers_from_its_own_fields() {
        let fields: Vec<(String, String)> = [
            ("csrf", "x"),
            ("seen", ""),
            ("confirm", "members"),
            ("request_key", "k"),
            ("workers", "200"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec();
        let input = input_of(Some("basics".to_owned()), &fields);
        assert_eq!(input.confirm, Confirm::One("members".to_owned()));
        assert_eq!(input.request_key, "k");
        assert_eq!(
            input.typed,
            BTreeMap::from([("workers".to_owned(), "200".to_owned())])
        );
    }
}
