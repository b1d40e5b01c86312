//! The next plan: in December of the last year the city prepares it, one approver proposes it and another confirms it, so that it stands beside the old one and holds
//! for the rounds from 2021 on.

use anyhow::{Context, Result};
use jianjia_app::{
    amending::{
        amendment::{self as amendments, Sent, Source},
        edition as editions,
    },
    core::app::App,
};
use jianjia_domain::{
    amending::amendment::{DraftInput, ProposalInput},
    core::{
        ids::{AccountId, AmendmentId},
        policy::{Actor, Role, RoleAt},
        proof::Proof,
    },
};
use jiff::civil::{Date, date};

use crate::{
    core::{city::City, day::working},
    office::actor::told,
};

/// The plan as its folder has it, with the cases at its new edges.
const FILES: [(&str, &str); 5] = [
    (
        "standard.toml",
        include_str!("../../../../standards/changzhou-2021/standard.toml"),
    ),
    (
        "facts.toml",
        include_str!("../../../../standards/changzhou-2021/facts.toml"),
    ),
    (
        "cases/cards.jsonl",
        include_str!("../../../../standards/changzhou-2021/cases/cards.jsonl"),
    ),
    (
        "cases/membership.jsonl",
        include_str!("../../../../standards/changzhou-2021/cases/membership.jsonl"),
    ),
    (
        "cases/rating.jsonl",
        include_str!("../../../../standards/changzhou-2021/cases/rating.jsonl"),
    ),
];

/// The first year of the plan, and the day from which it holds.
const FROM_YEAR: i16 = 2021;
const FROM_ON: Date = date(2021, 1, 1);

/// The days on which something is done about it, until today.
pub fn days(today: Date) -> impl Iterator<Item = Date> {
    let all = [prepared_on(), confirmed_on()].into_iter();
    all.filter(move |day| *day <= today)
}

fn prepared_on() -> Date {
    working(date(2020, 12, 14))
}

fn confirmed_on() -> Date {
    working(date(2020, 12, 18))
}

/// Does what is due on one of these days; on the first it gives the version that was proposed, which the second confirms.
///
/// # Errors
/// When an act is refused.
pub async fn go(
    app: &App,
    city: &City,
    approver: &Actor,
    day: Date,
    proposed: &mut Option<AmendmentId>,
) -> Result<()> {
    if day == prepared_on() {
        app.clock.set(day);
        *proposed = Some(prepare(app, approver).await?);
    }
    if day == confirmed_on() {
        app.clock.set(day);
        let id = proposed.context("the version that was proposed")?;
        let view = told(amendments::view(app, approver, &id).await)?;
        let seen = view.amendment.revision.to_string();
        let second = second(city, approver);
        told(editions::confirm(app, &second, &id, &seen).await)?;
    }
    Ok(())
}

/// Drafts the plan from its folder and proposes it.
async fn prepare(app: &App, approver: &Actor) -> Result<AmendmentId> {
    let sent = FILES.map(|(name, text)| Sent::text(name, text));
    let from = Source::Upload {
        year: FROM_YEAR - 1,
        sent: sent.into(),
    };
    let input = DraftInput {
        name: "2021—2025 年方案（虚构的示例）".to_owned(),
        reason: "五年方案年底到期，准备下一个五年：最高一级改为幸福职工之家，满意度、入会率、工会卡的要求各提高一些，申报提前到 9 月。".to_owned(),
        request_key: "the next plan".to_owned(),
    };
    let id = told(amendments::draft(app, approver, &from, &input).await)?;
    let input = ProposalInput {
        from_year: FROM_YEAR.to_string(),
        from_on: FROM_ON.to_string(),
        seen: "1".to_owned(),
    };
    told(editions::propose(app, approver, &id, &input).await)?;
    Ok(id)
}

/// Another approver of the city, who has no account of the demo.
fn second(city: &City, approver: &Actor) -> Actor {
    let unit = &city.units[city.cast.city];
    let mut people = city.people.iter();
    let person =
        people.find(|person| person.unit == city.cast.city && Some(person.id) != approver.person);
    Actor {
        account: AccountId(person.map_or(unit.id.0, |person| person.id.0)),
        person: person.map(|person| person.id),
        name: person.map_or_else(|| "市总工会主席".to_owned(), |person| person.name.clone()),
        roles: vec![RoleAt {
            role: Role::Approver,
            unit: unit.place(),
        }],
        proof: Proof::Password,
    }
}
