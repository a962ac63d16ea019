package example.wayside.gateway;

import example.wayside.domain.parcel.Parcel;
import java.util.List;
import java.util.Optional;

/** Where parcels are kept between requests. */
public interface ParcelStore {

    Optional<Parcel> find(String code);

    boolean contains(String code);

    void save(Parcel parcel);

    void delete(String code);

    List<Parcel> allBoundFor(String area);
}
