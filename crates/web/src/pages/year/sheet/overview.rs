//! The overview of a sheet: the state of every group, last year's answers to confirm, what is known already.

use askama::Template;
use axum::extract::{Query, State};
use jianjia_app::{
    core::app::App,
    year::sheet::{self as sheets, Sheet},
};
use jianjia_domain::{
    core::ids::UnitId,
    year::{
        sheet::Fill,
        statement::{self, Confirm, Source},
    },
};
use jianjia_standard::Standard;

use super::input_of;
use crate::{
    form::{Form, Problems, named::Fields, told},
    frame::Frame,
    page::{PageResult, page, see_other_with, unprocessable},
    pages::{
        register,
        year::{
            address,
            holder::{self, OfPerson},
        },
    },
    path::Path,
    request_key,
    session::SignedIn,
};

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
    /// The programme's first and last year, where the sheet's is none of them.
    outside: Option<(i16, i16)>,
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

pub(super) async fn show(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path((id, year)): Path<(UnitId, i16)>,
    Query(of): Query<OfPerson>,
) -> PageResult {
    let sheet = sheets::read(&app, &actor, &id, of.id()?.as_ref(), year).await?;
    page(&overview(&app, frame, sheet, Problems::none()))
}

pub(super) async fn confirm_all(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path((id, year)): Path<(UnitId, i16)>,
    Query(of): Query<OfPerson>,
    Form(fields): Form<Fields>,
) -> PageResult {
    let (unit, year, person) = (id, year, of.id()?);
    let mut input = input_of(None, &fields);
    input.confirm = Confirm::All;
    let done = sheets::say(&app, &actor, &unit, person.as_ref(), year, &input).await;
    match told(done, &frame)? {
        Ok(_) => see_other_with(
            &address::sheet(&unit, year, person.as_ref()),
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
                href: address::group(
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
        outside: standard.programme.outside(sheet.year),
        holder: holder::name(&sheet),
        home: address::home(&sheet.unit.id, person.as_ref()),
        aim: sheet
            .aim
            .as_deref()
            .and_then(|key| standard.title(key))
            .map(|title| frame.text(&title.name).to_owned()),
        answered: rows.iter().map(|row| row.answered).sum(),
        asked: rows.iter().map(|row| row.asked).sum(),
        known: known_rows(standard, &frame, &sheet),
        action: address::sheet(&sheet.unit.id, sheet.year, person.as_ref()),
        request_key: request_key::fresh(app),
        groups: rows,
        offers,
        problems,
        sheet,
        frame,
    }
}

/// What the register, the honour roll, the log and the members' rating tell of the year.
fn known_rows(standard: &Standard, frame: &Frame, sheet: &Sheet) -> Vec<KnownRow> {
    let mut rows = of_the_register(standard, frame, sheet);
    rows.extend(titles_held(standard, frame, sheet));
    if sheet.person.is_none() && !standard.activity_kinds.is_empty() {
        let count = sheet.subject.activities.as_ref().map_or(0, Vec::len);
        rows.push(KnownRow {
            name: frame.t("活动").to_owned(),
            words: frame.t1("最近 15 个月 {} 次", frame.count(count)),
            source: "活动台账",
            href: address::activities(&sheet.unit.id),
        });
    }
    rows.extend(unions_below(standard, frame, sheet));
    if sheet.person.is_none() {
        rows.push(KnownRow {
            name: frame.t("会员民主测评").to_owned(),
            words: match &sheet.subject.rating {
                Some(counts) => jianjia_standard::explain::worked_sum(standard, counts)
                    .unwrap_or_else(|| frame.t("已登记").to_owned()),
                None => frame.t("还没有结果").to_owned(),
            },
            source: "会员投票",
            href: address::rating(&sheet.unit.id, sheet.year),
        });
    }
    rows
}

fn of_the_register(standard: &Standard, frame: &Frame, sheet: &Sheet) -> Vec<KnownRow> {
    let known = sheet.known.iter();
    known
        .filter_map(|(key, value)| {
            let fact = standard.fact(key)?;
            Some(KnownRow {
                name: frame.text(&fact.name).to_owned(),
                words: statement::words(fact, value, frame.lang),
                source: "换届选举登记",
                href: register::address::elections(&sheet.unit.id),
            })
        })
        .collect()
}

fn titles_held(standard: &Standard, frame: &Frame, sheet: &Sheet) -> Option<KnownRow> {
    let titles: Vec<String> = sheet
        .subject
        .titles
        .iter()
        .filter_map(|held| {
            let title = standard.title(&held.title)?;
            Some(frame.t2("{}（{} 年）", frame.text(&title.name), held.year))
        })
        .collect();
    (!titles.is_empty()).then(|| KnownRow {
        name: frame.t("已有称号").to_owned(),
        words: titles.join(frame.t("、")),
        source: "光荣册",
        href: String::new(),
    })
}

fn unions_below(standard: &Standard, frame: &Frame, sheet: &Sheet) -> Option<KnownRow> {
    let below = sheet.subject.subordinates.as_ref()?;
    let unions = frame.count(below.unions.unwrap_or(0));
    // Whoever holds a higher tier is counted with the lowest that the criteria ask for.
    let mut tiers = standard.titles.iter().map(|title| title.tier.as_str());
    let lowest = tiers.find_map(|tier| {
        let holding = below.holding.get(tier)?;
        Some((frame.text(standard.tier_name(tier)?), *holding))
    });
    Some(KnownRow {
        name: frame.t("下属基层工会").to_owned(),
        words: match lowest {
            Some((tier, holding)) => frame.t3(
                "{} 家，其中{}以上 {} 家",
                unions,
                tier,
                frame.count(holding),
            ),
            None => frame.t1("{} 家", unions),
        },
        source: "工会名册和光荣册",
        href: String::new(),
    })
}
