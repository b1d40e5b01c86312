//! What group members do with their codes, without an account: enter the paper ballots, open the box together, sign the result.

use anyhow::Context;
use jianjia_domain::core::audit::{deed::Deed, object::Object};
use jianjia_domain::core::{guess, refusal::Refuse};
use jianjia_domain::{
    core::{ids::PollId, place::UnitPlace, refusal::Refusal},
    rating::{
        count::Rating,
        poll::{
            self, Poll, PollState, Signature,
            ballot::Ballot,
            counting::{self, ClosingRecord},
            paper::{self, Agreement, PaperEntry, PaperInput},
            refusal::PollRefusal,
            signal,
            slip::{self, MEMBER_CODE, SlipCounts},
        },
    },
};
use jianjia_standard::Standard;
use jianjia_store::{
    core::{
        db::Tx,
        file::content_hash,
        guess::{self as guesses, Failures},
        place,
        scope::Scope,
    },
    rating::{ballot as ballots, count as ratings, paper as papers, poll as polls, slip as slips},
};
use serde_json::json;

use crate::{
    core::{
        app::App,
        error::{Error, Result},
    },
    rating::{
        lock as locks,
        poll::{keep, standard_of, suggestions},
        scope as scopes,
    },
    year::standing as standings,
};

/// A group member who proved to be one, and how the poll stands: what the group alone may see.
#[derive(Clone, Debug)]
pub struct MemberDesk {
    pub poll: Poll,
    pub member: usize,
    pub counts: SlipCounts,
    pub paper: Agreement,
    pub objects: Vec<poll::Object>,
    pub rules: jianjia_standard::programme::BallotRules,
    /// What members wrote, in random order, once the box is open.
    pub suggestions: Vec<String>,
}

/// What a member sees after typing the own code.
pub async fn desk(app: &App, id: &PollId, code: &str) -> Result<MemberDesk> {
    let mut tx = app.db.read().await?;
    let poll = polls::find(&mut tx, id).await?.ok_or(Error::NotFound)?;
    let member = member(app, &mut tx, &poll, "code", code).await?;
    let standard = standard_of(&mut tx, app, &poll).await?;
    let rules = poll::rules(&standard)?.clone();
    let entries = papers::of_poll(&mut tx, id).await?;
    Ok(MemberDesk {
        counts: slips::counted(&mut tx, id).await?,
        paper: paper::agreement(&entries),
        objects: poll::objects(&rules, &poll.plan.leaders),
        suggestions: suggestions(&mut tx, &rules, &poll).await?,
        rules,
        member,
        poll,
    })
}

/// Which member a code is of. A right one always opens, or anybody could lock the group out by guessing; who goes on guessing is told to stop.
async fn member(app: &App, tx: &mut Tx, poll: &Poll, field: &str, typed: &str) -> Result<usize> {
    let lock = poll.lock.as_ref();
    let found = slip::read_code(typed, MEMBER_CODE)
        .and_then(|code| locks::member_of(&poll.id, lock?, &code));
    if let Some(member) = found {
        return Ok(member);
    }
    let target = format!("poll:{}", poll.id);
    let failed = guesses::of(tx, &target).await?;
    let refusal = match failed {
        Some(failed)
            if failed.count >= TRIES && app.now().duration_since(failed.last_at) < guess::KEPT =>
        {
            PollRefusal::TooManyTries
        }
        _ => PollRefusal::NoSuchCode,
    };
    Err(Refusal::at(field, refusal).into())
}

/// Wrong codes of a poll before more are not looked into.
const TRIES: i64 = 20;

/// Counts a wrong code, in a transaction of its own: the act it came with is refused.
async fn count_failure(app: &App, id: &PollId) -> Result<()> {
    let target = format!("poll:{id}");
    let mut tx = app.db.write(Scope::Guesses(target.clone())).await?;
    let now = app.now();
    let failed = guesses::held(&mut tx, &target, guess::KEPT, now).await?;
    let more = Failures {
        count: failed.count + 1,
        last_at: now,
    };
    guesses::set(&mut tx, &target, more).await?;
    Ok(tx.commit().await?)
}

/// Runs what a member does, and counts the try when the code was wrong.
async fn counting_tries<T>(app: &App, id: &PollId, done: Result<T>) -> Result<T> {
    if let Err(Error::Refused(refusal)) = &done {
        let is_wrong_code = match refusal {
            Refusal::Fields(fields) => fields
                .iter()
                .any(|(_, refusal)| refusal.key() == PollRefusal::NoSuchCode.key()),
            other => other.key() == PollRefusal::NoSuchCode.key(),
        };
        if is_wrong_code {
            count_failure(app, id).await?;
        }
    }
    done
}

/// As `desk`, counting wrong codes.
pub async fn sign_in(app: &App, id: &PollId, code: &str) -> Result<MemberDesk> {
    counting_tries(app, id, desk(app, id, code).await).await
}

/// Enters the paper ballots, as one member counted them. Corrections are new entries.
pub async fn enter_paper(
    app: &App,
    id: &PollId,
    code: &str,
    input: &PaperInput,
) -> Result<Agreement> {
    counting_tries(app, id, keep_paper(app, id, code, input).await).await
}

async fn keep_paper(app: &App, id: &PollId, code: &str, input: &PaperInput) -> Result<Agreement> {
    let mut tx = app.db.write(scopes::of_poll(app, id).await?).await?;
    let poll = polls::find(&mut tx, id).await?.ok_or(Error::NotFound)?;
    let member = member(app, &mut tx, &poll, "code", code).await?;
    poll::in_state(&poll, PollState::Closed)?;
    let standard = standard_of(&mut tx, app, &poll).await?;
    let rules = poll::rules(&standard)?;
    let objects = poll::objects(rules, &poll.plan.leaders);
    let (phone, kiosk) = slips::turnout(&mut tx, id).await?;
    let count = paper::read(rules, &objects, input, poll.plan.roll)?;
    let ballots = phone + kiosk + count.ballots;
    if ballots > poll.plan.roll {
        let refusal = PollRefusal::MoreThanTheRoll {
            ballots,
            roll: poll.plan.roll,
        };
        return Err(Refusal::at("ballots", refusal).into());
    }
    let entry = PaperEntry {
        member,
        count,
        entered_at: app.now(),
    };
    papers::insert(&mut tx, id, &entry).await?;
    let entries = papers::of_poll(&mut tx, id).await?;
    let place = place(&mut tx, &poll).await?;
    let by = ("", poll.member_name(member));
    // The figures stay in the entry: the trail is read by others before both have entered.
    app.trail_by(
        &mut tx,
        by,
        Deed::EnterPaperBallots,
        Object::Poll(*id),
        Some(&place),
        json!({ "member": member }),
    )
    .await?;
    tx.commit().await?;
    Ok(paper::agreement(&entries))
}

/// Opens the box with the codes of several members, counts, and keeps the closing record. The sealed ballots are removed for good.
///
/// # Errors
/// Refused when codes are wrong or too few, the paper is not agreed, or the accounts do not balance; the box stays closed then.
pub async fn open_box(app: &App, id: &PollId, codes: &[String]) -> Result<()> {
    counting_tries(app, id, count(app, id, codes).await).await?;
    app.ballots.forget(id);
    app.db.forget_deleted(&["tray", "pace"]).await?;
    Ok(())
}

async fn count(app: &App, id: &PollId, typed: &[String]) -> Result<()> {
    app.ballots.write_pace(app, 0).await?;
    let mut tx = app.db.write(scopes::of_poll(app, id).await?).await?;
    let mut poll = polls::find(&mut tx, id).await?.ok_or(Error::NotFound)?;
    let mut codes: Vec<(usize, String)> = Vec::new();
    for (place, typed) in typed.iter().enumerate() {
        let member = member(app, &mut tx, &poll, &format!("code/{place}"), typed).await?;
        if codes.iter().any(|(known, _)| *known == member) {
            let same = PollRefusal::SameMember;
            return Err(Refusal::at(format!("code/{place}"), same).into());
        }
        let code = slip::read_code(typed, MEMBER_CODE).context("a code that fits was read")?;
        codes.push((member, code));
    }
    poll::in_state(&poll, PollState::Closed)?;
    let standard = standard_of(&mut tx, app, &poll).await?;
    let rules = poll::rules(&standard)?;
    let lock = poll.lock.as_ref().context("a closed poll has a lock")?;
    let Some(opener) = locks::unwrap(id, lock, &codes)? else {
        let refusal = PollRefusal::TooFewKeys {
            keys: rules.group.keys,
        };
        return Err(refusal.into());
    };
    let entries = papers::of_poll(&mut tx, id).await?;
    let Agreement::Agreed { count: paper, .. } = paper::agreement(&entries) else {
        return Err(PollRefusal::PaperNotAgreed.into());
    };
    let counts = slips::counted(&mut tx, id).await?;
    let sealed = ballots::in_box(&mut tx, id).await?;
    let in_box = i64::try_from(sealed.ballots.len()).unwrap_or(i64::MAX);
    counting::balance(&poll, &counts, in_box, &paper)?;
    let objects = poll::objects(rules, &poll.plan.leaders);
    let ballots_counted = counts.used() + paper.ballots;
    let is_shown = counting::may_show(rules, counts.used(), paper.ballots);
    // What is not to be shown is not even opened.
    let opened = if is_shown {
        let plain = opener.open_all(&sealed.shares, &sealed.ballots);
        plain
            .and_then(|plain| {
                let ballots = plain.iter();
                let ballots =
                    ballots.map(|plain| Ballot::of_bytes(plain, objects.len(), rules.grades.len()));
                ballots.collect::<Option<Vec<Ballot>>>()
            })
            .ok_or(PollRefusal::BallotDamaged)?
    } else {
        Vec::new()
    };
    let opened = counting::take_apart(&opened, objects.len());
    let tallies = if is_shown {
        counting::tallies(&standard, rules, &objects, &opened.answers, &paper)
    } else {
        Vec::new()
    };
    let slip_lines: String = slips::used(&mut tx, id)
        .await?
        .iter()
        .map(|hash| format!("{hash}\n"))
        .collect();
    let suggestions: &[String] = &opened.suggestions;
    let mut record = ClosingRecord {
        roll: poll.plan.roll,
        issued: counts.issued(),
        phone: counts.phone,
        kiosk: counts.kiosk,
        unused: counts.unused,
        spoiled: counts.spoiled,
        replaced: counts.replaced,
        paper: paper.ballots,
        ballots: ballots_counted,
        ballots_hash: if is_shown {
            content_hash(&counting::recount_bytes(&tallies))
        } else {
            String::new()
        },
        tallies,
        slips_hash: content_hash(slip_lines.as_bytes()),
        suggestions: i64::try_from(suggestions.len()).unwrap_or(i64::MAX),
        suggestions_hash: if suggestions.is_empty() {
            String::new()
        } else {
            content_hash(&counting::suggestion_bytes(suggestions))
        },
        signals: Vec::new(),
    };
    let before = ratings::of_year(&mut tx, &poll.unit, poll.year - 1).await?;
    record.signals = signal::signals(
        rules,
        &record.tallies,
        &ballots::pace(&mut tx, id).await?,
        counting::rating(rules, &record),
        before.map(|rating| rating.counts),
    );
    if is_shown {
        let kept: Vec<(String, String)> = objects
            .iter()
            .map(|object| object.key.clone())
            .zip(opened.answers)
            .collect();
        ballots::keep_opened(&mut tx, id, &kept).await?;
        let mut shuffled: Vec<(String, String)> = suggestions
            .iter()
            .map(|text| (locks::random_id(&app.entropy), text.clone()))
            .collect();
        shuffled.sort_unstable();
        ballots::keep_suggestions(&mut tx, id, &shuffled).await?;
    }
    ballots::clear(&mut tx, id).await?;
    let now = app.now();
    poll.state = PollState::Counted;
    poll.counted_at = Some(now);
    poll.changed_at = now;
    poll.record = Some(record.clone());
    keep(&mut tx, &mut poll, PollState::Closed).await?;
    let place = place(&mut tx, &poll).await?;
    let names: Vec<&str> = codes
        .iter()
        .map(|(member, _)| poll.member_name(*member))
        .collect();
    let detail = json!({ "record": record, "opened_by": names });
    app.trail_by(
        &mut tx,
        ("", &names.join("、")),
        Deed::CountPoll,
        Object::Poll(*id),
        Some(&place),
        detail,
    )
    .await?;
    tx.commit().await?;
    Ok(())
}

/// Signs a counted result with the own code. When enough of the group have signed, it is the year's rating.
pub async fn sign(app: &App, id: &PollId, code: &str) -> Result<Poll> {
    counting_tries(app, id, keep_signature(app, id, code).await).await
}

async fn keep_signature(app: &App, id: &PollId, code: &str) -> Result<Poll> {
    let mut tx = app.db.write(scopes::of_poll(app, id).await?).await?;
    let mut poll = polls::find(&mut tx, id).await?.ok_or(Error::NotFound)?;
    let member = member(app, &mut tx, &poll, "code", code).await?;
    if poll.state != PollState::Signed {
        poll::in_state(&poll, PollState::Counted)?;
    }
    if poll.signatures.iter().any(|known| known.member == member) {
        let name = poll.member_name(member).to_owned();
        let refusal = PollRefusal::SignedAlready { name };
        return Err(Refusal::at("code", refusal).into());
    }
    let (now, was) = (app.now(), poll.state);
    poll.signatures.push(Signature { member, at: now });
    poll.changed_at = now;
    let standard = standard_of(&mut tx, app, &poll).await?;
    let rules = poll::rules(&standard)?;
    let place = place(&mut tx, &poll).await?;
    let enough = rules
        .group
        .signatures
        .reached_by(poll.signatures.len() as u64, poll.plan.group.len() as u64);
    let is_signed_now = enough && poll.state == PollState::Counted;
    if is_signed_now {
        poll.state = PollState::Signed;
        poll.signed_at = Some(now);
    }
    keep(&mut tx, &mut poll, was).await?;
    app.trail_by(
        &mut tx,
        ("", poll.member_name(member)),
        Deed::SignPoll,
        Object::Poll(*id),
        Some(&place),
        json!({ "signatures": poll.signatures.len(), "of": poll.plan.group.len(), "signed": is_signed_now }),
    )
    .await?;
    if is_signed_now {
        become_rating(app, &mut tx, &standard, &poll).await?;
    }
    tx.commit().await?;
    Ok(poll)
}

/// Makes a signed result the year's rating, which judging reads.
async fn become_rating(app: &App, tx: &mut Tx, standard: &Standard, poll: &Poll) -> Result<()> {
    let rules = poll::rules(standard)?;
    let record = poll
        .record
        .as_ref()
        .context("a counted poll has a record")?;
    let Some(counts) = counting::rating(rules, record) else {
        return Ok(());
    };
    let rating = Rating {
        unit: poll.unit,
        unit_path: poll.unit_path.clone(),
        year: poll.year,
        counts,
        recorded_by: String::new(),
        recorded_by_name: String::new(),
        recorded_at: app.now(),
        note: poll.id.to_string(),
    };
    ratings::record(tx, &rating).await?;
    standings::refresh(tx, app, &poll.unit, poll.year).await?;
    Ok(())
}

async fn place(tx: &mut Tx, poll: &Poll) -> Result<UnitPlace> {
    place::find(tx, &poll.unit).await?.ok_or(Error::NotFound)
}
