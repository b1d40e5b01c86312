//! Who was invited and has not come for long is reminded once of each invitation, by mail and text message; the federation that invited is told how many
//! have not come, once on a day on which there were new ones.

use std::pin::Pin;

use jianjia_domain::{
    core::{
        audit::object::Object,
        day,
        ids::InvitationId,
        message::{About, INVITERS, Kind, Message, Said, To},
    },
    office::invitation::REMIND_AFTER,
};
use jianjia_store::{
    core::{db::Tx, scope::Scope},
    office::invitation::reminder::{self as reminders, Unanswered},
};
use serde_json::json;

use crate::core::{
    app::App,
    error::Result,
    job::running::{Outcome, Running},
    message::tell_all_but,
};

/// Invitations of a portion.
const AT_ONCE: i64 = 500;

pub fn work<'a>(
    app: &'a App,
    running: &'a Running,
) -> Pin<Box<dyn Future<Output = Result<Outcome>> + Send + 'a>> {
    Box::pin(remind(app, running))
}

/// Each portion is committed with what it tells, so that nobody is told twice when the job is broken off and begun again.
async fn remind(app: &App, running: &Running) -> Result<Outcome> {
    let channels = app.post.channels();
    let (mut seen, mut people) = (0, 0);
    loop {
        let now = app.now();
        let mut tx = app.db.write([Scope::Accounts, Scope::Messages]).await?;
        let times = (now - REMIND_AFTER, now);
        let found = reminders::unanswered(&mut tx, channels, times, AT_ONCE).await?;
        if found.is_empty() {
            break;
        }
        for unanswered in found.iter().filter(|one| one.is_reachable) {
            tell(app, &mut tx, unanswered);
            people += 1;
        }
        let ids: Vec<InvitationId> = found.iter().map(|one| one.invitation).collect();
        reminders::note(&mut tx, &ids, now).await?;
        seen += i64::try_from(ids.len()).unwrap_or(AT_ONCE);
        running.commit_portion(tx, "", (seen, 0)).await?;
    }
    let today = app.clock.today();
    let mut tx = app.db.write(Scope::Messages).await?;
    let missing = reminders::missing(&mut tx, channels, day::start_of(today)).await?;
    for one in &missing {
        let about = About::of(&Object::Unit(one.federation), Some(one.federation), 0);
        let to = To::Unit {
            unit: one.federation,
            roles: INVITERS,
        };
        let told = Message::of(Kind::InvitationsLate, about, today, vec![to]).says([
            one.name.as_str().into(),
            one.people.into(),
            one.unreached.into(),
        ]);
        tell_all_but(app, &mut tx, None, told);
    }
    let result = json!({ "people": people, "federations": missing.len() });
    running.commit(app, tx, &result).await
}

fn tell(app: &App, tx: &mut Tx, unanswered: &Unanswered) {
    // It is good to the end of a day, which is the beginning of the next.
    let until = unanswered.expires_at - jiff::SignedDuration::from_secs(1);
    let until = Said::Day {
        on: day::day_of(until),
    };
    let unit = unanswered.unit;
    let about = About::of(&Object::Unit(unit), Some(unit), 0);
    let to = vec![To::Account(unanswered.account)];
    let told = Message::of(Kind::InvitationLate, about, unanswered.invitation, to)
        .says([unanswered.unit_name.as_str().into(), until]);
    tell_all_but(app, tx, None, told);
}
