//! Opening the box: the codes of several members together, the counting, the closing record.

use anyhow::Context;
use jianjia_domain::{
    core::{
        audit::{deed::Deed, object},
        ids::PollId,
        message::Kind,
        refusal::Refusal,
    },
    rating::poll::{
        self, Object, Poll, PollState,
        ballot::Ballot,
        counting::{self, ClosingRecord, Opened},
        paper::{self, PaperCount},
        refusal::PollRefusal,
        signal,
        slip::{self, MEMBER_CODE, SlipCounts},
    },
};
use jianjia_standard::{Standard, programme::BallotRules};
use jianjia_store::{
    core::{db::Tx, file::content_hash},
    rating::{
        ballot::{self as ballots, InBox},
        count as ratings, paper as papers, poll as polls, slip as slips,
    },
};
use serde_json::json;

use super::{counting_tries, member, place};
use crate::{
    core::{
        app::App,
        error::{Error, Result},
    },
    rating::{
        ballot::Ballots,
        lock::{self as locks, Opener},
        poll::{keep, standard_of},
        scope as scopes,
        slip::used_slips_hash,
        telling,
    },
};

/// Opens the box with the codes of several members, counts, and keeps the closing record. The sealed ballots are removed for good.
///
/// # Errors
/// `NoSuchCode`, `TooManyTries` or `SameMember` at the field of a code; `WrongState`, `TooFewKeys`, `PaperNotAgreed`, `BoxDoesNotBalance`,
/// `MoreThanTheRoll`, `BallotDamaged`; the box stays closed then.
pub async fn open_box(app: &App, id: &PollId, codes: &[String]) -> Result<()> {
    counting_tries(app, id, count(app, id, codes).await).await?;
    Ballots::of(app).forget(id);
    app.db.forget_deleted(&["tray", "pace"]).await?;
    Ok(())
}

async fn count(app: &App, id: &PollId, typed: &[String]) -> Result<()> {
    Ballots::of(app).write_pace(app, 0).await?;
    let mut tx = app.db.write(scopes::of_poll(app, id).await?).await?;
    let poll = polls::find(&mut tx, id).await?.ok_or(Error::NotFound)?;
    let codes = codes_of(app, &mut tx, &poll, typed).await?;
    poll::in_state(&poll, PollState::Closed)?;
    let standard = standard_of(&mut tx, app, &poll).await?;
    let rules = poll::rules(&standard)?;
    let opener = unlocked(&poll, rules, &codes)?;
    let entries = papers::of_poll(&mut tx, id).await?;
    let paper = paper::agreed(&entries)?;
    let counts = slips::counted(&mut tx, id).await?;
    let sealed = ballots::in_box(&mut tx, id).await?;
    let in_box = i64::try_from(sealed.ballots.len()).unwrap_or(i64::MAX);
    counting::balance(&poll, &counts, in_box, &paper)?;
    let objects = poll::objects(rules, &poll.plan.leaders);
    // What is not to be shown is not even opened.
    let is_shown = counting::may_show(rules, counts.used(), paper.ballots);
    let opened = if is_shown {
        let ballots = opened(&opener, &sealed, objects.len(), rules.grades.len());
        let ballots = ballots.ok_or(Refusal::from(PollRefusal::BallotDamaged))?;
        Some(counting::take_apart(&ballots, objects.len()))
    } else {
        None
    };
    let mut record = record(
        (&standard, rules, &objects),
        &poll,
        (&counts, &paper),
        opened.as_ref(),
    );
    record.slips_hash = used_slips_hash(&mut tx, id).await?;
    let before = ratings::of_year(&mut tx, &poll.unit, poll.year - 1).await?;
    record.signals = signal::signals(
        &standard,
        rules,
        &record.tallies,
        &ballots::pace(&mut tx, id).await?,
        counting::rating(rules, &record).as_ref(),
        before.as_ref().map(|rating| &rating.counts),
    );
    if let Some(opened) = opened {
        keep_opened(app, &mut tx, id, &objects, opened).await?;
    }
    ballots::clear(&mut tx, id).await?;
    let detail = json!({ "record": record });
    let poll = counting::count(poll, record, app.now())?;
    keep(&mut tx, &poll, PollState::Closed).await?;
    tell(app, &mut tx, &poll, &codes, detail).await?;
    tx.commit().await?;
    Ok(())
}

/// The codes of different members, each with its member's place in the group.
async fn codes_of(
    app: &App,
    tx: &mut Tx,
    poll: &Poll,
    typed: &[String],
) -> Result<Vec<(usize, String)>> {
    let mut codes: Vec<(usize, String)> = Vec::new();
    for (place, typed) in typed.iter().enumerate() {
        let field = format!("code/{place}");
        let member = member(app, tx, poll, &field, typed).await?;
        if codes.iter().any(|(known, _)| *known == member) {
            let same = PollRefusal::SameMember;
            return Err(Refusal::at(field, same).into());
        }
        let code = slip::read_code(typed, MEMBER_CODE).context("a code that fits was read")?;
        codes.push((member, code));
    }
    Ok(codes)
}

fn unlocked(poll: &Poll, rules: &BallotRules, codes: &[(usize, String)]) -> Result<Opener> {
    let lock = poll.lock().context("a closed poll has a lock")?;
    let opener = locks::unwrap(&poll.id, lock, codes)?;
    let keys = rules.group.keys;
    let opener = opener.ok_or(PollRefusal::TooFewKeys { keys });
    Ok(opener?)
}

/// The plain ballots; none where one was not sealed for this box.
fn opened(opener: &Opener, sealed: &InBox, objects: usize, grades: usize) -> Option<Vec<Ballot>> {
    let plain = opener.open_all(&sealed.shares, &sealed.ballots)?;
    let ballots = plain.iter();
    ballots
        .map(|plain| Ballot::of_bytes(plain, objects, grades))
        .collect()
}

/// The closing record, without the slips' hash and the signals. Nothing `opened` is a result that is withheld.
fn record(
    (standard, rules, objects): (&Standard, &BallotRules, &[Object]),
    poll: &Poll,
    (counts, paper): (&SlipCounts, &PaperCount),
    opened: Option<&Opened>,
) -> ClosingRecord {
    let account = ClosingRecord::account(poll.plan.roll, counts, paper);
    let Some(opened) = opened else {
        return account;
    };
    let tallies = counting::tallies(standard, rules, objects, &opened.answers, paper);
    let suggestions = &opened.suggestions;
    ClosingRecord {
        ballots_hash: content_hash(&counting::recount_bytes(&tallies)),
        tallies,
        suggestions: i64::try_from(suggestions.len()).unwrap_or(i64::MAX),
        suggestions_hash: if suggestions.is_empty() {
            String::new()
        } else {
            content_hash(&counting::suggestion_bytes(suggestions))
        },
        ..account
    }
}

/// Keeps what the ballots said: the answers of each object, and the suggestions in random order.
async fn keep_opened(
    app: &App,
    tx: &mut Tx,
    id: &PollId,
    objects: &[Object],
    opened: Opened,
) -> Result<()> {
    let kept: Vec<(String, String)> = objects
        .iter()
        .map(|object| object.key.clone())
        .zip(opened.answers)
        .collect();
    ballots::keep_opened(tx, id, &kept).await?;
    let mut shuffled: Vec<(String, String)> = opened
        .suggestions
        .into_iter()
        .map(|text| (locks::random_id(&app.entropy), text))
        .collect();
    shuffled.sort_unstable();
    ballots::keep_suggestions(tx, id, &shuffled).await?;
    Ok(())
}

/// Tells the trail what was counted, and who opened the box.
async fn tell(
    app: &App,
    tx: &mut Tx,
    poll: &Poll,
    codes: &[(usize, String)],
    mut detail: serde_json::Value,
) -> Result<()> {
    let names: Vec<&str> = codes
        .iter()
        .map(|(member, _)| poll.member_name(*member))
        .collect();
    detail["opened_by"] = json!(names);
    let place = place(tx, poll).await?;
    app.trail_by(
        tx,
        ("", &names.join("、")),
        Deed::CountPoll,
        object::Object::Poll(poll.id),
        Some(&place),
        detail,
    )
    .await?;
    telling::of_codes(app, tx, Kind::PollCounted, poll, &place);
    Ok(())
}
