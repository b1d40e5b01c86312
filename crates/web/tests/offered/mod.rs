use jianjia_demo as demo;
use jianjia_standard::Text;
use jianjia_web::demo::{Demo, DemoAccount, DemoCodes};

/// What the demo's page for signing in offers.
pub fn offered() -> Demo {
    let accounts = demo::ACCOUNTS.iter().map(|account| DemoAccount {
        login: account.login.to_owned(),
        role: Text {
            zh: account.zh.to_owned(),
            en: account.en.to_owned(),
        },
    });
    let trying = demo::trying(demo::AS_OF).unwrap();
    Demo {
        accounts: accounts.collect(),
        password: demo::PASSWORD.to_owned(),
        codes: Some(DemoCodes {
            slip: trying.slip,
            poll: trying.poll,
            members: trying.members.into(),
        }),
    }
}
