//! The second factor anew: asked in the act, and nothing is typed twice.

use axum::http::StatusCode;
use jianjia_app::{
    core::error::Error,
    office::account as accounts,
    round::{
        recommendation::{self as recommendations, PlaceInput},
        veto as vetoes,
    },
};
use jianjia_domain::{
    core::{
        policy::{Actor, Role},
        proof::Proof,
        refusal::General,
    },
    round::veto::VetoInput,
};

use super::{account, code, hidden, pass, sign_in, turn_on};
use crate::site;

#[tokio::test]
async fn what_was_typed_goes_on_with_the_code() {
    for site in site::both().await {
        account(&site, "qian", Role::Administrator).await;
        let clerk = account(&site, "wang", Role::Clerk).await;
        let mut admin = site.visitor();
        sign_in(&mut admin, "qian").await;
        let (secret, _) = turn_on(&site.app, &mut admin).await;
        pass(&site.app, 10 * 60);
        let address = format!("/accounts/{}/roles", clerk.account);
        let typed = [("unit", "长江纺织厂工会"), ("role", "chair")];
        let page = admin.post_form(&address, &typed).await;
        assert_eq!(page.status, StatusCode::FORBIDDEN);
        assert!(page.text().contains("10 分钟内有效"), "{}", page.text());
        assert!(page.text().contains("填写的内容没有丢"), "{}", page.text());
        let carried = |page: &site::Page| [hidden(page, "unit"), hidden(page, "role")];
        assert_eq!(carried(&page), ["长江纺织厂工会", "chair"]);
        let proof = format!("/accounts/factor/proof?to={address}");
        assert!(
            page.body.contains(&format!("action=\"{proof}\"")),
            "{}",
            page.body
        );
        let with = |code: String| {
            let mut fields = typed.map(|(name, value)| (name, value.to_owned())).to_vec();
            fields.push(("factor_code", code));
            fields
        };
        async fn send(
            client: &mut site::Client,
            address: &str,
            fields: &[(&str, String)],
        ) -> site::Page {
            let fields: Vec<(&str, &str)> = fields
                .iter()
                .map(|(name, value)| (*name, value.as_str()))
                .collect();
            client.post_form(address, &fields).await
        }
        let page = send(&mut admin, &proof, &with("000000".to_owned())).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.text().contains("验证码不对"), "{}", page.text());
        assert_eq!(carried(&page), ["长江纺织厂工会", "chair"]);
        let fields = with(code(&site.app, &secret));
        let page = send(&mut admin, &proof, &fields).await;
        assert_eq!(
            page.status,
            StatusCode::TEMPORARY_REDIRECT,
            "{}",
            page.text()
        );
        assert_eq!(page.location(), address);
        // A browser sends the same form there.
        let page = send(&mut admin, &address, &fields).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.text());
        // For ten minutes nothing more is asked.
        pass(&site.app, 9 * 60);
        let lock = format!("/accounts/{}/lock", clerk.account);
        let page = admin.post_form(&lock, &[]).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.text());
        pass(&site.app, 2 * 60);
        let page = admin.post_form(&lock, &[]).await;
        assert_eq!(page.status, StatusCode::FORBIDDEN);
        // It was a button: nothing was filled in that could have been lost.
        assert!(!page.text().contains("填写的内容"), "{}", page.text());
        // It leads nowhere else.
        let page = admin
            .post_form("/accounts/factor/proof?to=//evil.example", &[])
            .await;
        assert_eq!(page.status, StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn the_act_itself_asks_for_it_whichever_door_it_comes_through() {
    for site in site::both().await {
        let app = &site.app;
        let approver = account(&site, "qian", Role::Approver).await;
        let admin = account(&site, "li", Role::Administrator).await;
        let clerk = account(&site, "wang", Role::Clerk).await;
        let veto = VetoInput {
            year: 2016,
            clause: "V1".to_owned(),
            source: "人社局".to_owned(),
            note: String::new(),
        };
        let places = PlaceInput {
            federation: site.district.id,
            title: "trusted-home".to_owned(),
            places: "3".to_owned(),
            seen: 0,
        };
        for (proof, refusal) in [
            (Proof::Factor { given_at: None }, General::ProofAsked),
            (Proof::Token, General::ByToken),
        ] {
            let by = |actor: &Actor| Actor {
                proof,
                ..actor.clone()
            };
            let told = [
                accounts::lock(app, &by(&admin), &clerk.account).await.err(),
                vetoes::record(app, &by(&approver), &site.union.id, &veto)
                    .await
                    .err(),
                recommendations::set_places(
                    app,
                    &by(&approver),
                    2016,
                    std::slice::from_ref(&places),
                )
                .await
                .err(),
            ];
            for told in told {
                let Some(Error::Refused(told)) = told else {
                    panic!("refused: {told:?}");
                };
                assert_eq!(told, refusal.clone().into());
            }
        }
        vetoes::record(app, &approver, &site.union.id, &veto)
            .await
            .expect("nothing is asked of an account without a second factor");
    }
}
