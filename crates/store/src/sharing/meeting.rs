//! Meetings, and who booked places at them.

use anyhow::{Context, Result};
use jianjia_domain::{
    core::ids::{BookingId, MeetingId, UnitId},
    sharing::meeting::{Booking, BookingState, Cancellation, Meeting, MeetingKind, Plan},
};
use jiff::{Timestamp, civil::Date};
use sqlx::{AssertSqlSafe, Row, any::AnyRow};

use super::topic::offered;
use crate::core::{
    bulk,
    condition::{Conditions, List, one},
    db::Tx,
};

const COLUMNS: &str = "id, unit_id, unit_path, unit_name, host_id, host_name, kind, title, agenda, place, held_on, begins, book_until, places, most_each,
    remind_days, taken, called_by_name, called_at, reason, cancelled_by_name, cancelled_at, revision";

const BOOKED: &str =
    "id, meeting_id, unit_id, unit_path, unit_name, name, number, state, by_name, at, changed_at";

pub async fn insert(tx: &mut Tx, meeting: &Meeting, request_hash: &str) -> Result<()> {
    let columns = [
        "id",
        "unit_id",
        "unit_path",
        "unit_name",
        "host_id",
        "host_name",
        "kind",
        "title",
        "agenda",
        "place",
        "held_on",
        "begins",
        "book_until",
        "places",
        "most_each",
        "remind_days",
        "taken",
        "called_by_name",
        "called_at",
        "request_hash",
        "revision",
    ];
    let plan = &meeting.plan;
    let row = vec![
        meeting.id.to_string().into(),
        meeting.unit.to_string().into(),
        meeting.unit_path.as_str().into(),
        meeting.unit_name.as_str().into(),
        meeting.host.to_string().into(),
        meeting.host_name.as_str().into(),
        meeting.kind.key().into(),
        plan.title.as_str().into(),
        plan.agenda.as_str().into(),
        plan.place.as_str().into(),
        plan.held_on.to_string().into(),
        plan.begins.as_str().into(),
        plan.book_until.to_string().into(),
        plan.places.into(),
        plan.each.into(),
        plan.remind_days.into(),
        meeting.taken.into(),
        meeting.called_by_name.as_str().into(),
        meeting.called_at.to_string().into(),
        request_hash.into(),
        meeting.revision.into(),
    ];
    bulk::insert(tx, "meeting", &columns, vec![row]).await
}

pub async fn find(tx: &mut Tx, id: &MeetingId) -> Result<Option<Meeting>> {
    let row = one(tx, (COLUMNS, "meeting"), "id", id.to_string()).await?;
    row.as_ref().map(meeting_of).transpose()
}

/// The meeting that came with the same form.
pub async fn of_request(tx: &mut Tx, request_hash: &str) -> Result<Option<Meeting>> {
    if request_hash.is_empty() {
        return Ok(None);
    }
    let row = one(tx, (COLUMNS, "meeting"), "request_hash", request_hash).await?;
    row.as_ref().map(meeting_of).transpose()
}

/// Saves another plan; false, and nothing is changed, where the meeting is not at the revision that it was read with, or more places are booked than
/// there would be.
pub async fn change(tx: &mut Tx, meeting: &Meeting, plan: &Plan) -> Result<bool> {
    let done = sqlx::query(
        "UPDATE meeting
         SET title = $3, agenda = $4, place = $5, held_on = $6, begins = $7, book_until = $8, places = $9, most_each = $10, remind_days = $11,
             revision = revision + 1
         WHERE id = $1 AND revision = $2 AND cancelled_at = '' AND taken <= $9",
    )
    .bind(meeting.id.to_string())
    .bind(meeting.revision)
    .bind(plan.title.clone())
    .bind(plan.agenda.clone())
    .bind(plan.place.clone())
    .bind(plan.held_on.to_string())
    .bind(plan.begins.clone())
    .bind(plan.book_until.to_string())
    .bind(plan.places)
    .bind(plan.each)
    .bind(plan.remind_days)
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Says that a meeting is not held; false when it was said before.
pub async fn cancel(tx: &mut Tx, id: &MeetingId, why: &Cancellation) -> Result<bool> {
    let done = sqlx::query(
        "UPDATE meeting
         SET reason = $2, cancelled_by_name = $3, cancelled_at = $4, revision = revision + 1
         WHERE id = $1 AND cancelled_at = ''",
    )
    .bind(id.to_string())
    .bind(why.reason.clone())
    .bind(why.by_name.clone())
    .bind(why.at.to_string())
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Takes one of the places that are left; false when there is none. Nothing else counts places up, so that there are never more bookings than places.
pub async fn take_place(tx: &mut Tx, id: &MeetingId) -> Result<bool> {
    let done = sqlx::query(
        "UPDATE meeting
         SET taken = taken + 1
         WHERE id = $1 AND taken < places AND cancelled_at = ''",
    )
    .bind(id.to_string())
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Gives a place free that nobody waits for.
pub async fn free_place(tx: &mut Tx, id: &MeetingId) -> Result<()> {
    sqlx::query(
        "UPDATE meeting
         SET taken = taken - 1
         WHERE id = $1 AND taken > 0",
    )
    .bind(id.to_string())
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Whose meetings somebody reads.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MeetingFilter {
    /// Subtrees whose offices' meetings one sees.
    pub within: Vec<String>,
    /// Paths of units whose meetings are for those below.
    pub offered_by: Vec<String>,
    /// Units that are host.
    pub hosts: Vec<UnitId>,
    /// Only those that are held on this day or later.
    pub from: Option<Date>,
}

/// A page of the meetings that are for somebody, the latest first; and how many there are. Those ahead come the next one first.
pub async fn list(
    tx: &mut Tx,
    filter: &MeetingFilter,
    portion: (i64, i64),
) -> Result<(Vec<Meeting>, i64)> {
    let mut conditions = Conditions::default();
    let seen = conditions.ranges("unit_path", &filter.within);
    let offered = offered(&mut conditions, &filter.offered_by);
    let hosts: Vec<String> = filter
        .hosts
        .iter()
        .map(|host| conditions.value(host.to_string()))
        .collect();
    let hosted = if hosts.is_empty() {
        "1 = 0".to_owned()
    } else {
        format!("host_id IN ({})", hosts.join(", "))
    };
    conditions.and(format!("({seen} OR {offered} OR {hosted})"));
    let mut order = "held_on DESC, id DESC";
    if let Some(day) = filter.from {
        let day = conditions.value(day.to_string());
        conditions.and(format!("held_on >= {day} AND cancelled_at = ''"));
        order = "held_on, id";
    }
    let list = List {
        table: "meeting",
        key: "id",
        order,
        columns: COLUMNS,
        from: "meeting",
        from_key: "id",
        from_order: order,
    };
    let (rows, total) = conditions.page(tx, &list, portion).await?;
    let meetings = rows.iter().map(meeting_of).collect::<Result<_>>()?;
    Ok((meetings, total))
}

/// The meetings of these days that are held.
pub async fn held_between(tx: &mut Tx, from: Date, to: Date) -> Result<Vec<Meeting>> {
    let rows = sqlx::query(AssertSqlSafe(format!(
        "SELECT {COLUMNS}
         FROM meeting
         WHERE held_on >= $1 AND held_on <= $2 AND cancelled_at = ''
         ORDER BY held_on, id"
    )))
    .bind(from.to_string())
    .bind(to.to_string())
    .fetch_all(&mut **tx)
    .await?;
    rows.iter().map(meeting_of).collect()
}

/// Keeps a booking, behind those before it; its number is set.
pub async fn book(tx: &mut Tx, booking: &mut Booking) -> Result<()> {
    let row = sqlx::query(
        "SELECT COALESCE(MAX(number), 0) AS newest
         FROM booking
         WHERE meeting_id = $1",
    )
    .bind(booking.meeting.to_string())
    .fetch_one(&mut **tx)
    .await?;
    booking.number = row.try_get::<i64, _>("newest")? + 1;
    let columns: Vec<&'static str> = BOOKED.split(", ").collect();
    let row = vec![
        booking.id.to_string().into(),
        booking.meeting.to_string().into(),
        booking.unit.to_string().into(),
        booking.unit_path.as_str().into(),
        booking.unit_name.as_str().into(),
        booking.name.as_str().into(),
        booking.number.into(),
        booking.state.key().into(),
        booking.by_name.as_str().into(),
        booking.at.to_string().into(),
        booking.changed_at.to_string().into(),
    ];
    bulk::insert(tx, "booking", &columns, vec![row]).await
}

pub async fn booking(tx: &mut Tx, id: &BookingId) -> Result<Option<Booking>> {
    let row = one(tx, (BOOKED, "booking"), "id", id.to_string()).await?;
    row.as_ref().map(booking_of).transpose()
}

/// Everybody who booked, in the order of booking.
pub async fn bookings(tx: &mut Tx, meeting: &MeetingId) -> Result<Vec<Booking>> {
    let rows = sqlx::query(AssertSqlSafe(format!(
        "SELECT {BOOKED}
         FROM booking
         WHERE meeting_id = $1
         ORDER BY number"
    )))
    .bind(meeting.to_string())
    .fetch_all(&mut **tx)
    .await?;
    rows.iter().map(booking_of).collect()
}

/// Moves a booking on from a state; whether it still was in that state.
pub async fn move_on(
    tx: &mut Tx,
    id: &BookingId,
    (from, to): (BookingState, BookingState),
    at: Timestamp,
) -> Result<bool> {
    let done = sqlx::query(
        "UPDATE booking
         SET state = $3, changed_at = $4
         WHERE id = $1 AND state = $2",
    )
    .bind(id.to_string())
    .bind(from.key())
    .bind(to.key())
    .bind(at.to_string())
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

fn meeting_of(row: &AnyRow) -> Result<Meeting> {
    let text = |column: &str| row.try_get::<String, _>(column);
    let (kind, cancelled_at) = (text("kind")?, text("cancelled_at")?);
    Ok(Meeting {
        id: text("id")?.parse()?,
        unit: text("unit_id")?.parse()?,
        unit_path: text("unit_path")?,
        unit_name: text("unit_name")?,
        host: text("host_id")?.parse()?,
        host_name: text("host_name")?,
        kind: MeetingKind::from_key(&kind).with_context(|| format!("no kind {kind}"))?,
        plan: Plan {
            title: text("title")?,
            agenda: text("agenda")?,
            place: text("place")?,
            held_on: text("held_on")?.parse()?,
            begins: text("begins")?,
            book_until: text("book_until")?.parse()?,
            places: row.try_get("places")?,
            each: row.try_get("most_each")?,
            remind_days: row.try_get("remind_days")?,
        },
        taken: row.try_get("taken")?,
        called_by_name: text("called_by_name")?,
        called_at: text("called_at")?.parse()?,
        cancellation: match cancelled_at.as_str() {
            "" => None,
            at => Some(Cancellation {
                reason: text("reason")?,
                by_name: text("cancelled_by_name")?,
                at: at.parse()?,
            }),
        },
        revision: row.try_get("revision")?,
    })
}

fn booking_of(row: &AnyRow) -> Result<Booking> {
    let text = |column: &str| row.try_get::<String, _>(column);
    let state = text("state")?;
    Ok(Booking {
        id: text("id")?.parse()?,
        meeting: text("meeting_id")?.parse()?,
        unit: text("unit_id")?.parse()?,
        unit_path: text("unit_path")?,
        unit_name: text("unit_name")?,
        name: text("name")?,
        number: row.try_get("number")?,
        state: BookingState::from_key(&state).with_context(|| format!("no state {state}"))?,
        by_name: text("by_name")?,
        at: text("at")?.parse()?,
        changed_at: text("changed_at")?.parse()?,
    })
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use uuid::Uuid;

    use super::*;
    use crate::testing;

    fn meeting(number: u128, path: &str, places: i64) -> Meeting {
        Meeting {
            id: MeetingId(Uuid::from_u128(number)),
            unit: UnitId(Uuid::from_u128(100)),
            unit_path: path.to_owned(),
            unit_name: "市总工会".to_owned(),
            host: UnitId(Uuid::from_u128(200 + number)),
            host_name: "某厂工会".to_owned(),
            kind: MeetingKind::OnSite,
            plan: Plan {
                title: format!("现场会{number}"),
                agenda: "看".to_owned(),
                place: "三楼".to_owned(),
                held_on: date(2016, 11, number as i8),
                begins: "14:00".to_owned(),
                book_until: date(2016, 11, 1),
                places,
                each: 2,
                remind_days: 2,
            },
            taken: 0,
            called_by_name: "李".to_owned(),
            called_at: Timestamp::UNIX_EPOCH,
            cancellation: None,
            revision: 1,
        }
    }

    fn booked(meeting: &Meeting, number: u128, state: BookingState) -> Booking {
        Booking {
            id: BookingId(Uuid::from_u128(number)),
            meeting: meeting.id,
            unit: UnitId(Uuid::from_u128(300 + number)),
            unit_path: "/1/9/".to_owned(),
            unit_name: "某厂工会".to_owned(),
            name: format!("陈{number}"),
            number: 0,
            state,
            by_name: "陈".to_owned(),
            at: Timestamp::UNIX_EPOCH,
            changed_at: Timestamp::UNIX_EPOCH,
        }
    }

    #[tokio::test]
    async fn there_are_never_more_places_taken_than_there_are() {
        for database in testing::both().await {
            let mut tx = database.db.uncovered().write("test").await.unwrap();
            let held = meeting(8, "/1/", 2);
            insert(&mut tx, &held, "").await.unwrap();
            for expect in [true, true, false] {
                assert_eq!(take_place(&mut tx, &held.id).await.unwrap(), expect);
            }
            // Two are taken: the plan can't go below, and goes up again.
            let found = find(&mut tx, &held.id).await.unwrap().unwrap();
            assert_eq!(found.taken, 2);
            for (places, expect) in [(1, false), (3, true)] {
                let plan = Plan {
                    places,
                    ..found.plan.clone()
                };
                assert_eq!(change(&mut tx, &found, &plan).await.unwrap(), expect);
            }
            free_place(&mut tx, &held.id).await.unwrap();
            for expect in [true, true, false] {
                assert_eq!(take_place(&mut tx, &held.id).await.unwrap(), expect);
            }
            let why = Cancellation {
                reason: "下雨".to_owned(),
                by_name: "李".to_owned(),
                at: Timestamp::UNIX_EPOCH,
            };
            for expect in [true, false] {
                assert_eq!(cancel(&mut tx, &held.id, &why).await.unwrap(), expect);
            }
            free_place(&mut tx, &held.id).await.unwrap();
            assert!(!take_place(&mut tx, &held.id).await.unwrap());
            let found = find(&mut tx, &held.id).await.unwrap().unwrap();
            assert_eq!(found.cancellation, Some(why));
        }
    }

    #[tokio::test]
    async fn bookings_are_numbered_in_their_order_and_move_on_once() {
        for database in testing::both().await {
            let mut tx = database.db.uncovered().write("test").await.unwrap();
            let held = meeting(8, "/1/", 2);
            insert(&mut tx, &held, "").await.unwrap();
            let mut kept = Vec::new();
            for number in [1, 2] {
                let mut one = booked(&held, number, BookingState::Waiting);
                book(&mut tx, &mut one).await.unwrap();
                kept.push(one);
            }
            let numbers: Vec<i64> = kept.iter().map(|one| one.number).collect();
            assert_eq!(numbers, [1, 2]);
            assert_eq!(bookings(&mut tx, &held.id).await.unwrap(), kept);
            let step = (BookingState::Waiting, BookingState::Booked);
            for expect in [true, false] {
                let done = move_on(&mut tx, &kept[0].id, step, Timestamp::UNIX_EPOCH).await;
                assert_eq!(done.unwrap(), expect);
            }
            let found = booking(&mut tx, &kept[0].id).await.unwrap().unwrap();
            assert_eq!(found.state, BookingState::Booked);
        }
    }

    #[tokio::test]
    async fn meetings_are_listed_for_those_below_and_for_their_host() {
        for database in testing::both().await {
            let mut tx = database.db.uncovered().write("test").await.unwrap();
            for one in [
                meeting(1, "/1/", 2),
                meeting(2, "/1/2/", 2),
                meeting(3, "/1/3/", 2),
            ] {
                insert(&mut tx, &one, "").await.unwrap();
            }
            let mut check = async |filter: MeetingFilter, expect: &[u128]| {
                let (found, total) = list(&mut tx, &filter, (10, 0)).await.unwrap();
                let found: Vec<u128> = found.iter().map(|one| one.id.0.as_u128()).collect();
                assert_eq!((found.as_slice(), total), (expect, expect.len() as i64));
            };
            let union = MeetingFilter {
                offered_by: vec!["/1/".to_owned(), "/1/2/".to_owned()],
                ..MeetingFilter::default()
            };
            check(union.clone(), &[2, 1]).await;
            let host = MeetingFilter {
                hosts: vec![meeting(3, "", 0).host],
                ..union.clone()
            };
            check(host, &[3, 2, 1]).await;
            let ahead = MeetingFilter {
                from: Some(date(2016, 11, 1)),
                ..union
            };
            check(ahead, &[1, 2]).await;
            let office = MeetingFilter {
                within: vec!["/1/3/".to_owned()],
                ..MeetingFilter::default()
            };
            check(office, &[3]).await;
            let days = (date(2016, 11, 2), date(2016, 11, 3));
            let held = held_between(&mut tx, days.0, days.1).await.unwrap();
            assert_eq!(held, [meeting(2, "/1/2/", 2), meeting(3, "/1/3/", 2)]);
        }
    }
}
