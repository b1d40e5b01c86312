//! Reminding those who booked, some days before a meeting: once for each day that it is held on.

use jianjia_domain::{
    core::{
        audit::object::Object,
        message::{About, Kind, Message, Said, To, UNION},
    },
    sharing::meeting::Meeting,
};
use jianjia_store::{core::scope::Scope, sharing::meeting as meetings};
use jiff::ToSpan;

use super::calling::booked;
use crate::core::{app::App, error::Result, message::tell_all_but};

/// Nobody is reminded earlier than this.
const EARLIEST: i64 = 30;

/// Reminds whoever is to be reminded today, or was to be on a day on which the program did not run. Called twice, it tells nobody twice.
///
/// # Errors
/// When it can't be read or written.
pub async fn remind_due(app: &App) -> Result<usize> {
    let today = app.clock.today();
    let mut tx = app.db.read().await?;
    let until = today.saturating_add(EARLIEST.days());
    let mut due = meetings::held_between(&mut tx, today, until).await?;
    tx.commit().await?;
    due.retain(|meeting| {
        let plan = &meeting.plan;
        plan.held_on.saturating_sub(plan.remind_days.days()) <= today
    });
    for meeting in &due {
        remind(app, meeting).await?;
    }
    Ok(due.len())
}

async fn remind(app: &App, meeting: &Meeting) -> Result<()> {
    let scopes = [Scope::Messages, Scope::Meeting(meeting.id)];
    let mut tx = app.db.write(scopes).await?;
    let mut to = booked(&mut tx, &meeting.id).await?;
    to.push(To::Unit {
        unit: meeting.host,
        roles: UNION,
    });
    let plan = &meeting.plan;
    let about = About::of(&Object::Meeting(meeting.id), None, 0);
    let told = Message::of(Kind::MeetingNear, about, plan.held_on, to).says([
        plan.title.as_str().into(),
        Said::Day { on: plan.held_on },
        plan.place.as_str().into(),
    ]);
    tell_all_but(app, &mut tx, None, told);
    Ok(tx.commit().await?)
}
