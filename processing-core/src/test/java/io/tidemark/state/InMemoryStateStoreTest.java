package io.tidemark.state;

class InMemoryStateStoreTest extends StateStoreContract {

    @Override
    protected StateStores stores() {
        return new InMemoryStateStores();
    }
}
