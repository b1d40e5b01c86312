//! Reminders by the calendar, and by the federation above from its list of units at risk.

use jianjia_app::office::{
    reminder,
    risk::{self as risks, Chosen, Question, Term},
};
use jianjia_domain::{
    core::{
        message::{Kind, Received},
        place::UnitKind,
        policy::{Actor, Role},
    },
    office::risk::{Risk, RiskCounts},
};
use jiff::civil::date;

use crate::{
    city::{RoundCity, cities},
    key,
    telling::{inbox, kinds},
};

const NOT_BEGUN: Question = Question {
    risk: Risk::NotBegun,
    days: 5,
};

/// The kinds of the lines of somebody's newest message of a kind.
async fn lines(city: &RoundCity, who: &Actor, kind: Kind) -> Vec<&'static str> {
    let found: Vec<Received> = inbox(city, who).await;
    let newest = found.iter().find(|message| message.kind == Some(kind));
    let lines = newest.map(|message| message.detail.lines.iter());
    lines
        .into_iter()
        .flatten()
        .map(|line| line.kind.key())
        .collect()
}

#[tokio::test]
async fn only_who_has_something_to_do_is_reminded_and_once_however_often_it_runs() {
    for city in &cities().await {
        let app = &city.city.app;
        // One union has applied, one has said something, one nothing.
        city.applied(&city.chair, &city.union, "model-home").await;
        let (_, said) = city.another("第二纺织厂工会").await;
        let idle = city
            .city
            .unit(Some(&city.township), UnitKind::Grassroots, "第三纺织厂工会")
            .await;
        let idle = city.city.actor("孙主席", &[(Role::Chair, &idle)]).await;
        // Three working days before 31 October 2016, a Monday, is Wednesday the 26th; ten before, Monday the 17th.
        for day in [date(2016, 10, 25), date(2016, 10, 21)] {
            app.clock.set(day);
            assert_eq!(reminder::send_due(app).await.unwrap(), 0, "{day}");
        }
        app.clock.set(date(2016, 10, 26));
        assert!(reminder::send_due(app).await.unwrap() >= 2);
        reminder::send_due(app).await.unwrap();
        // The day after finds that they were told; what the program missed would be sent still.
        app.clock.set(date(2016, 10, 27));
        reminder::send_due(app).await.unwrap();
        assert_eq!(kinds(city, &said).await, ["reminder"]);
        assert_eq!(lines(city, &said, Kind::Reminder).await, ["due-to-submit"]);
        assert_eq!(
            lines(city, &idle, Kind::Reminder).await,
            ["due-to-begin", "due-to-rate"]
        );
        assert_eq!(kinds(city, &city.chair).await, [""; 0]);
        let told = inbox(city, &idle).await;
        assert_eq!((told.len(), told[0].due_on), (1, Some(date(2016, 10, 31))));

        // Five working days before the reviews end, the office where the file is.
        app.clock.set(date(2016, 11, 23));
        reminder::send_due(app).await.unwrap();
        assert_eq!(
            lines(city, &city.local, Kind::Reminder).await,
            ["due-to-review"]
        );
        assert_eq!(kinds(city, &city.reviewer).await, [""; 0]);
    }
}

#[tokio::test]
async fn a_federation_sees_who_is_at_risk_below_it_and_reminds_all_of_them_once_a_working_day() {
    for city in &cities().await {
        let app = &city.city.app;
        city.applied(&city.chair, &city.union, "model-home").await;
        let (second, said) = city.another("第二纺织厂工会").await;
        let idle = city
            .city
            .unit(Some(&city.township), UnitKind::Grassroots, "第三纺织厂工会")
            .await;
        let empty = city
            .city
            .unit(Some(&city.township), UnitKind::Grassroots, "没有账号的工会")
            .await;
        let chair = city.city.actor("孙主席", &[(Role::Chair, &idle)]).await;
        let clerk = city.city.actor("周经办", &[(Role::Clerk, &idle)]).await;
        let page = risks::list(app, &city.local, &city.township.id, NOT_BEGUN, 1)
            .await
            .unwrap();
        let names: Vec<&str> = page
            .lines
            .iter()
            .map(|line| line.unit.name.as_str())
            .collect();
        assert_eq!(names, [idle.name.as_str(), empty.name.as_str()]);
        // Without the township itself: the idle ones, and all but the rated.
        let counts = RiskCounts {
            not_begun: 2,
            not_applied: 1,
            not_rated: 2,
            waiting: 0,
        };
        assert_eq!(page.counts, counts);
        assert_eq!(
            page.term,
            Term {
                until: date(2016, 10, 31),
                is_over: false
            }
        );
        let preview = |chosen: Chosen| async move {
            risks::preview(app, &city.local, &city.township.id, NOT_BEGUN, &chosen).await
        };
        assert_eq!(
            key(preview(Chosen::These(Vec::new())).await),
            "risk/nobody-chosen"
        );
        let tried = preview(Chosen::All).await.unwrap();
        assert_eq!((tried.units.len(), tried.people, tried.reminded), (1, 2, 0));
        assert_eq!(tried.without_account, std::slice::from_ref(&empty.name));
        // A unit that isn't at risk is left out, even where it is asked for.
        let tried = preview(Chosen::These(vec![second.id])).await.unwrap();
        assert_eq!(tried.units, []);
        assert_eq!(kinds(city, &chair).await, [""; 0]);

        let sent = risks::remind(app, &city.local, &city.township.id, NOT_BEGUN, &Chosen::All)
            .await
            .unwrap();
        assert_eq!((sent.units.len(), sent.people), (1, 2));
        for who in [&chair, &clerk] {
            assert_eq!(kinds(city, who).await, ["reminded-from-above"]);
            assert_eq!(
                lines(city, who, Kind::RemindedFromAbove).await,
                ["due-to-begin", "due-to-rate"]
            );
        }
        assert_eq!(kinds(city, &said).await, [""; 0]);
        let again = risks::remind(
            app,
            &city.reviewer,
            &city.district.id,
            NOT_BEGUN,
            &Chosen::All,
        )
        .await;
        assert_eq!(key(again), "risk/nobody-to-remind");
        // On the Saturday it is still Friday's working day; the Monday is another.
        app.clock.set(date(2016, 10, 21));
        let friday = Chosen::These(vec![idle.id]);
        risks::remind(app, &city.local, &city.township.id, NOT_BEGUN, &friday)
            .await
            .unwrap();
        app.clock.set(date(2016, 10, 22));
        let again = risks::remind(app, &city.local, &city.township.id, NOT_BEGUN, &friday).await;
        assert_eq!(key(again), "risk/nobody-to-remind");
        assert_eq!(kinds(city, &chair).await.len(), 2);

        // What was done meanwhile counts, and after the last day nobody may miss it any more.
        city.holds(&second, None, "qualified-home", 2016).await;
        city.applied(&said, &second, "model-home").await;
        app.clock.set(date(2016, 11, 1));
        let page = risks::list(app, &city.local, &city.township.id, NOT_BEGUN, 1)
            .await
            .unwrap();
        assert_eq!((page.counts.not_begun, page.counts.not_applied), (2, 0));
        assert!(page.term.is_over && !page.term.allows(Risk::NotBegun));
        let late = risks::remind(app, &city.local, &city.township.id, NOT_BEGUN, &Chosen::All);
        assert_eq!(key(late.await), "risk/over");
        let file = risks::preview(
            app,
            &city.local,
            &city.township.id,
            Question {
                risk: Risk::Waiting,
                days: 5,
            },
            &Chosen::All,
        );
        assert!(file.await.is_ok());

        // Whoever doesn't lead it doesn't see it, and a union has no such list.
        let own = risks::list(app, &city.chair, &city.union.id, NOT_BEGUN, 1).await;
        assert_eq!(key(own), "not-your-role");
        let union = risks::list(app, &city.local, &city.union.id, NOT_BEGUN, 1).await;
        assert_eq!(key(union), "not-found");
        let above = risks::list(app, &city.local, &city.district.id, NOT_BEGUN, 1).await;
        assert_eq!(key(above), "not-found");
    }
}

#[tokio::test]
async fn files_that_wait_too_long_are_told_with_whom() {
    for city in &cities().await {
        let app = &city.city.app;
        let waiting = Question {
            risk: Risk::Waiting,
            days: 5,
        };
        city.applied(&city.chair, &city.union, "model-home").await;
        let page = |question| risks::list(app, &city.approver, &city.district.id, question, 1);
        // Thursday the 20th; five working days later is Thursday the 27th.
        app.clock.set(date(2016, 10, 27));
        assert_eq!(page(waiting).await.unwrap().lines, []);
        app.clock.set(date(2016, 10, 28));
        let found = page(waiting).await.unwrap();
        let told: Vec<(&str, i64)> = found
            .lines
            .iter()
            .map(|line| (line.unit.name.as_str(), line.files))
            .collect();
        assert_eq!(told, [(city.township.name.as_str(), 1)]);
        risks::remind(
            app,
            &city.approver,
            &city.district.id,
            waiting,
            &Chosen::All,
        )
        .await
        .unwrap();
        assert_eq!(
            lines(city, &city.local, Kind::RemindedFromAbove).await,
            ["due-to-review"]
        );
    }
}
