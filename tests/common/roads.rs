//! Files of systems on the usual roads.

use samhold_standins::maskinporten::GrantKey;
use samhold_standins::{Altinn, Receiver, School, altinn, school, tokens};

use super::folder::{Folder, MUNICIPALITY};
use super::tap::tapped;

/// A service that events are pushed to over HTTP, signed.
pub fn http_recipient(folder: &Folder, name: &str, kind: &str, services: &[&str], to: &Receiver) {
    let secret = folder.secret(&format!("{name}-signature"), to.secret());
    folder.system(
        name,
        &format!(
            "kind = \"{kind}\"\nmunicipalities = [\"{MUNICIPALITY}\"]\nservices = {services:?}\n\
             [recipient.http]\nurl = \"{}\"\nhttp.timeout_seconds = 20\nsignature.secrets = [{secret}]\n",
            to.url()
        ),
    );
}

/// A service behind the topic exchange `exchange` of a broker.
pub fn amqp_recipient(folder: &Folder, name: &str, kind: &str, url: &str, exchange: &str) {
    let url = folder.secret(&format!("{name}-broker"), &tapped(folder.path(), name, url));
    folder.system(
        name,
        &format!(
            "kind = \"{kind}\"\nmunicipalities = [\"{MUNICIPALITY}\"]\n[recipient.amqp]\nexchange = \"{exchange}\"\n\
             broker = {{ url = {url}, timeout_seconds = 5 }}\n"
        ),
    );
}

/// A system that sends the municipality's own facts over the queue `{prefix}{name}`.
pub fn amqp_source(folder: &Folder, name: &str, url: &str, prefix: &str) {
    let url = folder.secret(&format!("{name}-broker"), &tapped(folder.path(), name, url));
    folder.system(
        name,
        &format!(
            "kind = \"koordinerende_enhet\"\nmunicipalities = [\"{MUNICIPALITY}\"]\nacts_as = [\"*\"]\n\
             [source]\nmapping = \"facts\"\n[source.amqp]\nqueue_prefix = \"{prefix}\"\n\
             broker = {{ url = {url}, timeout_seconds = 5 }}\n"
        ),
    );
}

/// Consents in Altinn, asked for every second.
pub fn altinn_source(folder: &Folder, name: &str, altinn: &Altinn, grant: &GrantKey) {
    let (base, key) = (altinn.server().base_url(), folder.secret(&format!("{name}-maskinporten"), &grant.private_pem));
    folder.system(
        name,
        &format!(
            "kind = \"it_operations\"\nmunicipalities = [\"{MUNICIPALITY}\"]\n[source]\nmapping = \"altinn-consent\"\n\
             [source.altinn]\nbase_url = \"{base}\"\ninterval_seconds = 1\nmaskinporten = {{ token_url = \"{base}{}\", \
             audience = \"{base}/\", client_id = \"{}\", scope = \"{}\", kid = \"test\", key = {key} }}\n",
            altinn::TOKEN_PATH,
            tokens::CLIENT_ID,
            altinn::SCOPE,
        ),
    );
}

/// A school system that is asked every second.
pub fn oneroster(folder: &Folder, name: &str, base: &str) {
    let secret = folder.secret(&format!("{name}-client"), tokens::CLIENT_SECRET);
    folder.system(
        name,
        &format!(
            "kind = \"skole_kommunal\"\nmunicipalities = [\"{MUNICIPALITY}\"]\n[source]\nmapping = \"oneroster-1.2\"\n\
             [source.oneroster]\nbase_url = \"{base}{}\"\ninterval_seconds = 1\n\
             auth = {{ kind = \"oauth2\", token_url = \"{base}{}\", client_id = \"{}\", client_secret = {secret}, scope = \"{}\" }}\n",
            school::ROSTER_PATH,
            school::TOKEN_PATH,
            tokens::CLIENT_ID,
            school::SCOPE,
        ),
    );
}
