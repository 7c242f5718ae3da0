# SPDX-License-Identifier: EUPL-1.2
"""The use cases of the api process, each with what it needs."""

from dataclasses import dataclass
from datetime import timedelta

from parvis_identity.about_people import AboutPeople, assemble_about_people
from parvis_identity.accounts import Accounts, assemble_accounts
from parvis_identity.domain.client import GrantType
from parvis_identity.outgoing.key_sets import KeySetReader
from parvis_identity.profiles import Profiles, assemble_profiles
from parvis_identity.providers.relying_party import RelyingParty
from parvis_identity.providers.transport import Transport
from parvis_identity.service.act_on_behalf import ActForAnother
from parvis_identity.service.admission import Admission
from parvis_identity.service.authenticate_client import AuthenticateClient
from parvis_identity.service.authorize import Authorize, Lives
from parvis_identity.service.check_proof import CheckProof
from parvis_identity.service.client_key_sets import ClientKeySets
from parvis_identity.service.continuation import Continuations
from parvis_identity.service.devices import Devices
from parvis_identity.service.exchange_token import ExchangeToken
from parvis_identity.service.found_collectivity import FoundCollectivity
from parvis_identity.service.key_ring import KeyRing
from parvis_identity.service.log_out import LogOut
from parvis_identity.service.manage_agents import ManageAgents
from parvis_identity.service.own_credentials import OwnCredentials
from parvis_identity.service.own_tokens import OwnTokens
from parvis_identity.service.provision_agents import ProvisionAgents
from parvis_identity.service.provision_teams import ProvisionTeams
from parvis_identity.service.push_request import PushRequest
from parvis_identity.service.read_colleagues import ReadColleagues
from parvis_identity.service.read_particulars import ReadParticulars
from parvis_identity.service.read_person import ReadPerson
from parvis_identity.service.redeem_code import RedeemCode
from parvis_identity.service.redeem_device_code import RedeemDeviceCode
from parvis_identity.service.refresh_tokens import RefreshTokens
from parvis_identity.service.register_client import RegisterClient
from parvis_identity.service.roll_keys import RollKeys
from parvis_identity.service.sign_in import SignIn
from parvis_identity.service.throttle import Throttle
from parvis_identity.service.token_endpoint import TokenEndpoint
from parvis_identity.service.token_families import TokenFamilies
from parvis_identity.service.token_maker import TokenMaker
from parvis_identity.service.token_reader import TokenReader
from parvis_identity.service.token_status import TokenStatus
from parvis_identity.service.vouch_again import VouchAgain
from parvis_identity.settings import Settings
from parvis_kit.db.database import Database
from parvis_kit.runtime import Runtime
from parvis_kit.security.tokens import TokenVerifier
from parvis_outside.client import Outside
from parvis_outside.destination import networks


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What routes call."""

    settings: Settings
    transport: Transport
    key_sets: ClientKeySets
    database: Database
    ring: KeyRing
    maker: TokenMaker
    reader: TokenReader
    continuations: Continuations
    authorize: Authorize
    devices: Devices
    sign_in: SignIn
    authenticate_client: AuthenticateClient
    check_proof: CheckProof
    push_request: PushRequest
    token_endpoint: TokenEndpoint
    token_status: TokenStatus
    log_out: LogOut
    read_person: ReadPerson
    read_particulars: ReadParticulars
    read_colleagues: ReadColleagues
    roll_keys: RollKeys
    accounts: Accounts
    manage_agents: ManageAgents
    provision_agents: ProvisionAgents
    provision_teams: ProvisionTeams
    register_client: RegisterClient
    found_collectivity: FoundCollectivity
    runtime: Runtime[Settings]
    about_people: AboutPeople
    profiles: Profiles

    async def aclose(self) -> None:
        """Close the connections to providers and clients, and end the threads that hash."""
        self.accounts.close()
        await self.key_sets.aclose()
        await self.transport.aclose()

    def verifier(self) -> TokenVerifier:
        """Verifies access tokens for this service's own API, with its own keys and no call to itself."""
        return OwnTokens(self.ring, self.database, issuer=self.settings.issuer_url)


def assemble(runtime: Runtime[Settings]) -> Parts:
    """The parts of one process; nothing is opened or called yet."""
    settings, database, master = runtime.settings, runtime.database, runtime.master
    transport = Transport(settings.provider_timeout_seconds)
    providers: dict[str, RelyingParty] = {
        provider.profile: RelyingParty(provider, settings.public_url, transport, settings.provider_timeout_seconds)
        for provider in settings.providers
    }
    ring = KeyRing(database, master)
    maker = TokenMaker(ring, master, issuer=settings.issuer_url, life_seconds=settings.access_token_seconds)
    reader = TokenReader(ring, settings.issuer_url)
    away = timedelta(minutes=settings.sign_in_minutes)
    continuations = Continuations(master, away)
    lives = Lives(
        code=timedelta(seconds=settings.code_seconds),
        citizen_grant=timedelta(hours=settings.citizen_grant_hours),
        agent_grant=timedelta(hours=settings.agent_grant_hours),
        session_idle=timedelta(minutes=settings.session_idle_minutes),
    )
    authorize = Authorize(database, lives)
    about_people = assemble_about_people(runtime)
    key_sets = ClientKeySets(KeySetReader(Outside(settings.client_timeout_seconds, networks(settings.client_networks))))
    manage_agents = ManageAgents(runtime.persons, runtime.blind_index)
    return Parts(
        settings=settings,
        transport=transport,
        key_sets=key_sets,
        database=database,
        ring=ring,
        maker=maker,
        reader=reader,
        continuations=continuations,
        authorize=authorize,
        devices=Devices(database, master, authorize, Throttle(database, master), settings.public_url),
        sign_in=SignIn(
            database,
            master,
            providers,
            continuations,
            Admission(about_people.reconcile),
            about_people.link_identity,
            away=away,
            session_life=timedelta(hours=settings.session_hours),
        ),
        authenticate_client=AuthenticateClient(database, key_sets, settings.issuer_url),
        check_proof=CheckProof(database, master, settings.public_url),
        push_request=PushRequest(database, master),
        token_endpoint=_token_endpoint(
            runtime,
            maker,
            reader,
            VouchAgain(database, providers, about_people.reconcile, timedelta(minutes=settings.provider_check_minutes)),
        ),
        token_status=TokenStatus(database, reader, settings.issuer_url),
        log_out=LogOut(database, master, runtime.persons, reader, providers),
        read_person=ReadPerson(database, runtime.persons, runtime.blind_index),
        read_particulars=ReadParticulars(database, runtime.persons, runtime.blind_index),
        read_colleagues=ReadColleagues(database, runtime.persons, runtime.blind_index),
        roll_keys=RollKeys(database, runtime.persons, runtime.blind_index, master),
        accounts=assemble_accounts(runtime),
        manage_agents=manage_agents,
        provision_agents=ProvisionAgents(manage_agents, runtime.persons, runtime.blind_index),
        provision_teams=ProvisionTeams(manage_agents, runtime.persons),
        register_client=RegisterClient(database),
        found_collectivity=FoundCollectivity(manage_agents, runtime.persons, runtime.blind_index),
        runtime=runtime,
        about_people=about_people,
        profiles=assemble_profiles(runtime),
    )


def _token_endpoint(
    runtime: Runtime[Settings], maker: TokenMaker, reader: TokenReader, vouch_again: VouchAgain
) -> TokenEndpoint:
    database = runtime.database
    families = TokenFamilies(timedelta(hours=runtime.settings.refresh_token_hours))
    behalf = ActForAnother(database, runtime.persons, runtime.blind_index, maker, reader)
    return TokenEndpoint(
        {
            GrantType.AUTHORIZATION_CODE: RedeemCode(database, maker, families),
            GrantType.DEVICE_CODE: RedeemDeviceCode(database, maker, families),
            GrantType.REFRESH_TOKEN: RefreshTokens(database, maker, families, vouch_again),
            GrantType.CLIENT_CREDENTIALS: OwnCredentials(maker),
            GrantType.TOKEN_EXCHANGE: ExchangeToken(database, maker, reader, behalf),
        }
    )
