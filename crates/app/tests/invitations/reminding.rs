//! Who was invited and has not come is reminded once of each invitation, and the federation that invited hears how many.

use std::sync::Arc;

use jianjia_app::{
    core::{
        app::App,
        job::{
            Doing, Lane, Work,
            worker::{Node, arm, run_due_once},
        },
        post::{MailServer, Post, Security},
    },
    office::{
        invitation::{Filter, printing, reminding},
        message as messages,
    },
};
use jianjia_demo::testing;
use jianjia_domain::core::{
    job::JobKind,
    message::{Kind, Received, Said},
    policy::{Actor, Role},
};
use jiff::civil::date;

use super::{Office, TODAY, office};

const REMIND: &[Work] = &[Work {
    kind: JobKind::Invite,
    doing: Doing::Once {
        lane: Lane::Short,
        is_here: |_| true,
        run: reminding::work,
    },
}];

/// The job as it comes each morning; gives whom it reminded and how many federations it told.
async fn morning(app: &App, day: jiff::civil::Date) -> (i64, i64) {
    let node = Node::new(app, REMIND);
    app.clock.set(day);
    arm(app, &node).await.unwrap();
    // Nine o'clock is past eight: the next one comes tomorrow at eight.
    app.clock.set(day.tomorrow().unwrap());
    let id = run_due_once(app, &node, Lane::Short).await.unwrap();
    let mut tx = app.db.read().await.unwrap();
    let job = jianjia_store::core::job::find(&mut tx, &id.expect("it is due"))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(job.error, None);
    let number = |key: &str| job.result[key].as_i64().unwrap();
    (number("people"), number("federations"))
}

async fn told(office: &Office, who: &Actor, kind: Kind) -> Vec<Received> {
    let found = messages::inbox(office.app(), who, 1).await.unwrap();
    let found = found.messages.into_iter();
    found.filter(|message| message.kind == Some(kind)).collect()
}

async fn mail_of(office: &Office, login: &str, mail: &str) {
    let mut tx = office.app().db.write_again("by-hand").await.unwrap();
    let sql = format!("UPDATE account SET mail = '{mail}' WHERE login = '{login}' RETURNING login");
    assert_eq!(jianjia_store::testing::texts(&mut tx, &sql).await.len(), 1);
    tx.commit().await.unwrap();
}

async fn outgoing(office: &Office) -> Vec<String> {
    let mut tx = office.app().db.read().await.unwrap();
    let sql = "SELECT account.login || ' ' || outgoing.channel || ' ' || outgoing.urgent
               FROM outgoing
               JOIN account ON account.id = outgoing.account_id
               WHERE outgoing.told_key LIKE 'invitation-late:%'
               ORDER BY 1";
    jianjia_store::testing::texts(&mut tx, sql).await
}

#[tokio::test]
async fn an_invitation_that_nobody_answered_is_reminded_of_once() {
    for mut city in testing::both(TODAY).await {
        city.app.post = Arc::new(Post {
            address: "https://jianjia.example".to_owned(),
            mail: Some(MailServer {
                host: "127.0.0.1".to_owned(),
                port: 25,
                security: Security::Plain,
                user: String::new(),
                password: String::new(),
                from: "jianjia@example.org".to_owned(),
                from_name: String::new(),
                reply_to: String::new(),
            }),
            telephone: None,
        });
        let office = office(city).await;
        let app = office.app();
        let sheets = office.made().await;
        assert_eq!(sheets.len(), 2);
        let [first, second] = [&sheets[0], &sheets[1]];
        mail_of(&office, &first.login, "wang@example.com").await;
        let invited = office.actor_of(&first.login).await;
        let unreached = office.actor_of(&second.login).await;
        let above = office
            .city
            .actor("区审批", &[(Role::Approver, &office.top)])
            .await;

        // Nobody is late before two weeks are over.
        assert_eq!(morning(app, date(2016, 11, 1)).await, (0, 0));
        assert_eq!(morning(app, date(2016, 11, 4)).await, (1, 1));
        let late = told(&office, &invited, Kind::InvitationLate).await;
        let union = first.unit_name.as_str();
        let until = Said::Day {
            on: date(2016, 11, 19),
        };
        assert_eq!(late.len(), 1);
        assert_eq!(late[0].detail.says, [Said::from(union), until]);
        assert_eq!(outgoing(&office).await, [format!("{} mail 1", first.login)]);
        assert_eq!(told(&office, &unreached, Kind::InvitationLate).await, []);
        // The federation that printed the sheets is told of both; the ones above are not.
        let of_federation = told(&office, &office.approver, Kind::InvitationsLate).await;
        assert_eq!(of_federation.len(), 1);
        let says = [
            Said::from("红梅街道总工会"),
            Said::Number(2),
            Said::Number(1),
        ];
        assert_eq!(of_federation[0].detail.says, says);
        assert_eq!(told(&office, &above, Kind::InvitationsLate).await, []);

        // Never a second one for the same, nor for somebody whose address became known later.
        mail_of(&office, &second.login, "li@example.com").await;
        for day in [5, 6, 12] {
            assert_eq!(morning(app, date(2016, 11, day)).await, (0, 0), "{day}");
        }
        assert_eq!(outgoing(&office).await.len(), 1);

        // Whoever comes has nothing of it to read any more; a new code of the other is another invitation.
        office.join(first, "").await.unwrap();
        let read = told(&office, &invited, Kind::InvitationLate).await;
        assert!(read[0].is_read);
        let under = &office.township.id;
        let again = printing::print(app, &office.approver, under, Filter::Waiting, 30).await;
        assert_eq!(again.unwrap().sheets.len(), 1);
        assert_eq!(morning(app, date(2016, 11, 20)).await, (0, 0));
        assert_eq!(morning(app, date(2016, 11, 28)).await, (1, 1));
        let late = told(&office, &unreached, Kind::InvitationLate).await;
        assert_eq!(late.len(), 1);
        let of_federation = told(&office, &office.approver, Kind::InvitationsLate).await;
        assert_eq!(of_federation.len(), 2);
    }
}

#[tokio::test]
async fn without_mail_and_gateway_nobody_is_written_to_and_the_federation_hears_of_it() {
    for city in testing::both(TODAY).await {
        let office = office(city).await;
        let sheets = office.made().await;
        mail_of(&office, &sheets[0].login, "wang@example.com").await;
        let invited = office.actor_of(&sheets[0].login).await;
        assert_eq!(morning(office.app(), date(2016, 11, 4)).await, (0, 1));
        assert_eq!(told(&office, &invited, Kind::InvitationLate).await, []);
        let of_federation = told(&office, &office.approver, Kind::InvitationsLate).await;
        assert_eq!(
            of_federation[0].detail.says[1..],
            [Said::Number(2), Said::Number(2)]
        );
    }
}
